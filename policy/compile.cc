// SPDX-License-Identifier: Apache-2.0
//
// The one external function is Compile(). The stages before it have files of their own: clauses,
// path_automaton, byte_automaton, edge_table; here their results get their numbers and places.
#include "policy/compile.h"

#include <algorithm>
#include <array>
#include <set>
#include <variant>

#include "fmt/format.h"
#include "policy/address_table.h"
#include "policy/always_needed.h"
#include "policy/below.h"
#include "policy/clauses.h"
#include "policy/default_tables.h"
#include "policy/dimension_tables.h"
#include "policy/edge_table.h"
#include "policy/image_writer.h"
#include "policy/messages.h"
#include "policy/path_automaton.h"
#include "policy/people_sections.h"
#include "policy/review.h"
#include "policy/subjects.h"
#include "policy/utf8.h"
#include "policy/vector_table.h"
#include "policy/words.h"

namespace bailiff::policy {
namespace {

constexpr size_t kWorkEachPattern = 200;  // more than patterns need that do not multiply

constexpr size_t kPlacesNamed = 5;  // of patterns that multiply, of rules that deny the same

constexpr size_t kDimensionRows =
    (BLF_BLOCK_ADDRESSES - BLF_BLOCK_WHO) * sizeof(blf_block) / sizeof(blf_dimension);

// The image's number of each state of one automaton.
using Numbering = std::vector<uint32_t>;

class Compiler {
  public:
    Compiler(const std::vector<Policy>& policies, const Sources& sources,
             const CompileLimits& limits, const StateUnions& unions, Diagnostics* diagnostics)
        : policies_(policies),
          sources_(sources),
          limits_(limits),
          unions_(unions),
          diagnostics_(diagnostics),
          set_(MakeClauses(policies)),
          clauses_(set_.clauses),
          part_first_(BlocksOf(set_)),
          vectors_(part_first_[kParts]),
          tables_(clauses_, lists_),
          addresses_(BuildAddressTable(policies)) {
        for (uint32_t by = 0; by < BLF_AUTOMATA; by++) {
            lists_.emplace_back(clauses_, static_cast<blf_by>(by));
        }
    }

    std::optional<Image> Run() {
        if (part_first_[kParts] > BLF_BITS_MAX / 512) {
            Limit(fmt::format(message::kTooManyRules, BLF_BITS_MAX), message::kHintTooManyRules);
            return std::nullopt;
        }
        if (!BuildAutomata()) return std::nullopt;
        AddAddresses();
        NumberStates();
        AddUnions();
        addresses_.NumberStates([this](uint32_t set) { return object_number_[address_[set]]; });
        if (!WriteRootVectors()) return std::nullopt;
        if (limits_.review > 0) Review();
        WriteStates(objects_, object_number_, true, 0);
        WriteFilters(objects_, object_number_);
        for (uint32_t by = 0; by < BLF_AUTOMATA; by++) {
            WriteStates(subjects_[by], subject_number_[by], false, by);
            WriteFilters(subjects_[by], subject_number_[by]);
        }
        if (!WriteEdges()) return std::nullopt;
        return Assemble();
    }

  private:
    // The block of a vector with which each part begins, and how many a vector has, at least one.
    using PartBlocks = std::array<uint32_t, kParts + 1>;
    static PartBlocks BlocksOf(const ClauseSet& set) {
        PartBlocks blocks{};
        for (size_t part = 0; part < kParts; part++) {
            const size_t clauses = set.first[part + 1] - set.first[part];
            blocks[part + 1] = blocks[part] + static_cast<uint32_t>((clauses + 511) / 512);
        }
        if (blocks[kParts] == 0) blocks[kParts] = 1;
        return blocks;
    }

    // Clause i's bit.
    uint32_t BitOf(size_t i) const {
        size_t part = 0;
        while (i >= set_.first[part + 1]) part++;
        return static_cast<uint32_t>(size_t{part_first_[part]} * 512 + (i - set_.first[part]));
    }

    void Limit(std::string what, std::string hint) {
        Span where = policies_.empty() ? Span{} : policies_.front().where;
        diagnostics_->Error(where, std::move(what), std::move(hint));
    }

    // The vector of the clauses (by index) that `allowed` lets through.
    template <typename Allowed>
    uint32_t VectorWhere(const Allowed& allowed) {
        VectorTable::Bits bits;
        for (size_t i = 0; i < clauses_.size(); i++) {
            if (allowed(i)) bits.push_back(BitOf(i));
        }
        return vectors_.NumberOf(bits);
    }

    bool BuildAutomata() {
        if (lists_[BLF_BY_LINEAGE].size() > BLF_LINEAGES_MAX) {
            Limit(fmt::format(message::kTooManyLineages, BLF_LINEAGES_MAX),
                  message::kHintTooManyLineages);
            return false;
        }
        for (uint32_t by = 0; by < BLF_AUTOMATA; by++) {
            if (!BuildAutomaton(lists_[by].patterns(), &subjects_[by])) return false;
        }
        return BuildAutomaton(LabelObjects(policies_), &objects_);
    }

    bool BuildAutomaton(const std::vector<Labelled>& patterns, PathAutomaton* automaton) {
        Work work(limits_.work + patterns.size() * kWorkEachPattern);
        auto built = BuildPathAutomaton(patterns, limits_.automaton, &work);
        if (auto* overlap = std::get_if<Overlap>(&built)) {
            TellOverlap(*overlap, patterns);
            return false;
        }
        *automaton = std::get<PathAutomaton>(std::move(built));
        return true;
    }

    void TellOverlap(const Overlap& overlap, const std::vector<Labelled>& patterns) {
        if (overlap.patterns.empty()) {
            Limit(message::kTooManyStates, message::kHintTooManyStates);
            return;
        }
        const size_t count = overlap.patterns.size();
        const Span& worst = patterns[overlap.patterns[0]].pattern->where;
        if (count == 1) {
            diagnostics_->Error(worst, message::kMultipliesAlone, message::kHintMultiplies);
            return;
        }
        std::vector<const Span*> others;
        for (size_t i = 1; i < count; i++) {
            others.push_back(&patterns[overlap.patterns[i]].pattern->where);
        }
        const bool names = overlap.of == Overlap::Of::kNames;
        diagnostics_->Error(
            worst,
            fmt::format(fmt::runtime(names ? message::kGlobsMultiply : message::kPatternsMultiply),
                        count),
            fmt::format(message::kHintMultiply, Places(others)));
    }

    std::string Places(const std::vector<const Span*>& spans) const {
        std::string text;
        for (size_t i = 0; i < std::min(spans.size(), kPlacesNamed); i++) {
            if (i > 0) text += ", ";
            text += fmt::format("{}:{}", Shorten(sources_[spans[i]->file].name), spans[i]->line);
        }
        if (spans.size() > kPlacesNamed) {
            text += fmt::format(" and {} more", spans.size() - kPlacesNamed);
        }
        return text;
    }

    // 0 is dead in all; then the states that may need more than a literal edge, then those that
    // have some, then those below which there is nothing.
    void NumberStates() {
        object_number_.resize(objects_.states.size());
        std::vector<std::pair<const PathAutomaton*, Numbering*>> automata = {
            {&objects_, &object_number_}};
        for (uint32_t by = 0; by < BLF_AUTOMATA; by++) {
            subject_number_[by].resize(subjects_[by].states.size());
            automata.emplace_back(&subjects_[by], &subject_number_[by]);
        }
        uint32_t next = 1;
        for (Kind kind : {Kind::kSparse, Kind::kLiteral, Kind::kLeaf}) {
            for (auto [automaton, numbers] : automata) {
                for (size_t i = 1; i < automaton->states.size(); i++) {
                    if (KindOf(automaton->states[i]) == kind) (*numbers)[i] = next++;
                }
            }
            if (kind == Kind::kSparse) root_.sparse_states = next;
            if (kind == Kind::kLiteral) index_.filter_count = next;
        }
        states_.resize(next);
        states_[BLF_DEAD] = {.vector = 0, .sources = BLF_NONE, .default_to = BLF_DEAD, .glob = 0};
    }

    enum class Kind { kSparse, kLiteral, kLeaf };

    static Kind KindOf(const PathState& state) {
        if (state.sparse()) return Kind::kSparse;
        return state.literals > 0 ? Kind::kLiteral : Kind::kLeaf;
    }

    uint32_t AddState(std::vector<uint32_t> labels) {
        if (labels.empty()) return 0;
        objects_.states.push_back({.accepts = static_cast<uint32_t>(objects_.label_sets.size())});
        objects_.label_sets.push_back(std::move(labels));
        return static_cast<uint32_t>(objects_.states.size() - 1);
    }

    // States to which addresses lead, and no path.
    void AddAddresses() {
        for (const RuleSet& rules : addresses_.sets) address_.push_back(AddState(rules));
    }

    // States without a way to them, with all that the joined ones have. Being the last of the
    // objects' states, they leave the numbers of the others as they were.
    void AddUnions() {
        if (unions_.empty()) return;
        size_t first = objects_.states.size();
        for (const std::vector<uint32_t>& joined : unions_) {
            std::set<uint32_t> labels;
            for (size_t i = 1; i < first; i++) {
                if (std::ranges::find(joined, object_number_[i]) == joined.end()) continue;
                auto of_state = objects_.LabelsOf(objects_.states[i]);
                labels.insert(of_state.begin(), of_state.end());
            }
            AddState({labels.begin(), labels.end()});
        }
        NumberStates();
        index_.union_first = object_number_[first];
    }

    bool WriteRootVectors() {
        index_.all_vector = VectorWhere([](size_t) { return true; });
        for (size_t ask = 0; ask < AskOperations().size(); ask++) {
            asks_[ask] = VectorWhere([&](size_t i) {
                return clauses_[i].kind == RuleKind::kDenies &&
                       (clauses_[i].operations & AskOperations()[ask]) != 0;
            });
        }
        defaults_ = MakeDefaultTables(clauses_,
                                      [this](const auto& allowed) { return VectorWhere(allowed); });
        if (auto word =
                tables_.Fill([this](const auto& allowed) { return VectorWhere(allowed); })) {
            Limit(fmt::format(message::kTooManyNumbers, *word, kNumberClassesMax),
                  message::kHintTooManyNumbers);
            return false;
        }
        return true;
    }

    void Review() {
        std::vector<const Rule*> rules;
        for (const Policy& policy : policies_) {
            for (const Rule& rule : policy.rules) rules.push_back(&rule);
        }
        Work work(limits_.review);
        for (const Finding& finding : ReviewRules(
                 {policies_, set_, lists_, tables_, objects_, subjects_, addresses_.sets}, &work)) {
            std::vector<const Span*> by;
            for (uint32_t other : finding.by) by.push_back(&rules[other]->where);
            const std::string places = Places(by);
            const Rule& rule = *rules[finding.rule];
            if (finding.kind == Finding::Kind::kExceptionIsDenied) {
                diagnostics_->Warning(rule.except_where,
                                      fmt::format(message::kExceptionIsDenied, places),
                                      message::kHintExceptionIsDenied);
            } else if (by.size() == 1) {
                diagnostics_->Warning(rule.where, fmt::format(message::kShadowed, places),
                                      message::kHintShadowed);
            } else {
                diagnostics_->Warning(rule.where, fmt::format(message::kShadowedTogether, places),
                                      message::kHintShadowedTogether);
            }
        }
    }

    // What a state says of the paths that end there.
    struct Accept {
        uint32_t vector = 0;
        uint32_t sources = BLF_NONE;
    };

    void WriteStates(const PathAutomaton& automaton, const Numbering& numbers, bool objects,
                     uint32_t by) {
        auto first_glob = static_cast<uint32_t>(matchers_.size());
        for (const ByteAutomaton& glob : automaton.globs) matchers_.push_back(&glob);
        std::vector<Accept> accepts;
        for (const std::vector<uint32_t>& labels : automaton.label_sets) {
            accepts.push_back(objects ? ObjectAccept(labels) : SubjectAccept(labels, by));
        }
        if (objects) WriteBelow(automaton, numbers, accepts);
        for (size_t i = 1; i < automaton.states.size(); i++) {
            const PathState& from = automaton.states[i];
            states_[numbers[i]] = {
                .vector = accepts[from.accepts].vector,
                .sources = accepts[from.accepts].sources,
                .default_to = numbers[from.default_to],
                .glob = from.glob ? AddGlob(first_glob, automaton, from, numbers) : 0};
        }
    }

    void WriteBelow(const PathAutomaton& automaton, const Numbering& numbers,
                    const std::vector<Accept>& accepts) {
        std::vector<uint32_t> own;
        for (const Accept& accept : accepts) own.push_back(accept.vector);
        const std::vector<uint32_t> below = VectorsBelow(automaton, own, &vectors_);
        below_.resize(index_.filter_count);
        for (size_t i = 1; i < below.size(); i++) {
            if (KindOf(automaton.states[i]) != Kind::kLeaf) below_[numbers[i]] = below[i];
        }
    }

    uint32_t AddGlob(uint32_t first_glob, const PathAutomaton& automaton, const PathState& from,
                     const Numbering& numbers) {
        if (globs_.empty()) globs_.push_back({});
        blf_glob glob{};
        glob.table = first_glob + from.glob - 1;  // replaced by its place in Assemble()
        glob.target = static_cast<uint32_t>(targets_.size());
        for (uint32_t target : automaton.TargetsOf(from)) targets_.push_back(numbers[target]);
        globs_.push_back(glob);
        return static_cast<uint32_t>(globs_.size() - 1);
    }

    Accept SubjectAccept(const std::vector<uint32_t>& lists, uint32_t by) {
        if (by == BLF_BY_LINEAGE) return {tables_.LineagesOf(lists), BLF_NONE};
        return {VectorWhere(
                    [&](size_t i) { return lists_[by].Allows(i, static_cast<blf_by>(by), lists); }),
                BLF_NONE};
    }

    Accept ObjectAccept(const std::vector<uint32_t>& rules) {
        if (rules.empty()) return {};
        std::vector<blf_source> given;
        for (uint32_t rule : rules) {
            const ClauseSet::Range range = set_.of_rule[rule];
            for (size_t i = 0; i < range.count; i++)
                given.push_back({BitOf(range.first + i), rule});
        }
        std::ranges::stable_sort(given, {}, &blf_source::clause);
        VectorTable::Bits bits;
        for (blf_source source : given) {
            if (bits.empty() || bits.back() != source.clause) bits.push_back(source.clause);
        }
        Accept accept{vectors_.NumberOf(bits), static_cast<uint32_t>(gives_.size())};
        gives_.insert(gives_.end(), given.begin(), given.end());
        gives_.push_back({BLF_NONE, BLF_NONE});
        return accept;
    }

    void WriteFilters(const PathAutomaton& automaton, const Numbering& numbers) {
        filters_.resize(index_.filter_count);
        for (size_t i = 1; i < automaton.states.size(); i++) {
            const PathState& from = automaton.states[i];
            if (KindOf(from) == Kind::kLeaf) continue;
            uint64_t& filter = filters_[numbers[i]];
            if (from.glob || states_[numbers[from.default_to]].vector) filter = ~uint64_t{0};
            for (auto [name, to] : automaton.LiteralsOf(from)) {
                if (states_[numbers[to]].vector) filter |= FilterBit(automaton.names[name]);
            }
        }
    }

    void CollectEdges(const PathAutomaton& automaton, const Numbering& numbers,
                      std::vector<NamedEdge>* edges) {
        constexpr uint32_t kNone = 0xffffffff;
        std::vector<std::pair<uint64_t, uint32_t>> names(automaton.names.size(), {0, kNone});
        for (size_t i = 1; i < automaton.states.size(); i++) {
            for (auto [number, to] : automaton.LiteralsOf(automaton.states[i])) {
                auto& [hash, word] = names[number];
                if (word == kNone) {
                    hash = HashName(automaton.names[number]);
                    word = names_.IndexOf(automaton.names[number]);
                }
                edges->push_back({.hash = hash,
                                  .edge = {.tag = static_cast<uint32_t>(hash >> 32),
                                           .from = numbers[i],
                                           .to = numbers[to],
                                           .name = word}});
            }
        }
    }

    bool WriteEdges() {
        std::vector<NamedEdge> edges;
        edges.reserve(objects_.all_literals.size());
        CollectEdges(objects_, object_number_, &edges);
        for (uint32_t by = 0; by < BLF_AUTOMATA; by++) {
            CollectEdges(subjects_[by], subject_number_[by], &edges);
        }
        std::optional<std::vector<blf_block>> buckets = PlaceEdges(edges);
        if (!buckets) {
            Limit(message::kNamesCollide, message::kHintNamesCollide);
            return false;
        }
        buckets_ = std::move(*buckets);
        return true;
    }

    Image Assemble();
    void AssembleGlobs(ImageWriter* writer);

    const std::vector<Policy>& policies_;
    const Sources& sources_;
    CompileLimits limits_;
    const StateUnions& unions_;
    Diagnostics* diagnostics_;
    ClauseSet set_;
    const std::vector<Clause>& clauses_;
    PartBlocks part_first_;
    VectorTable vectors_;

    std::vector<PathLists> lists_;  // by dimension
    DimensionTables tables_;
    AddressTable addresses_;
    std::vector<uint32_t> address_;  // state of objects_, by set of addresses_
    PathAutomaton objects_;
    std::array<PathAutomaton, BLF_AUTOMATA> subjects_;
    Numbering object_number_;
    std::array<Numbering, BLF_AUTOMATA> subject_number_;

    blf_root root_{};
    blf_index index_{};
    blf_digest digest_{};
    std::array<uint32_t, BLF_ASKS_MAX> asks_{};
    DefaultTables defaults_;
    std::vector<blf_block> buckets_;
    std::vector<blf_state> states_;
    std::vector<uint64_t> filters_;
    std::vector<uint32_t> below_;
    std::vector<blf_glob> globs_;
    std::vector<uint32_t> targets_;
    std::vector<const ByteAutomaton*> matchers_;
    std::vector<blf_source> gives_ = {{BLF_NONE, BLF_NONE}};  // 0 is no list
    NameTable names_;
};

// Matchers are shared by states; each gets its place once.
void Compiler::AssembleGlobs(ImageWriter* writer) {
    std::vector<blf_glob> places;
    for (const ByteAutomaton* matcher : matchers_) {
        blf_glob place{};
        place.classes = matcher->classes;
        place.states = static_cast<uint32_t>(matcher->accept.size());
        place.class_of = writer->AddBytes(matcher->class_of.data(), matcher->class_of.size());
        place.table = writer->AddRecords(matcher->table);
        place.accept = writer->AddRecords(matcher->accept);
        places.push_back(place);
    }
    for (size_t i = 1; i < globs_.size(); i++) {
        uint32_t target = globs_[i].target;
        globs_[i] = places[globs_[i].table];
        globs_[i].target = target;
    }
    index_.glob_first = writer->AddRecords(globs_);
    index_.target_first = writer->AddRecords(targets_);
}

Image Compiler::Assemble() {
    ImageWriter writer;
    index_.magic = BLF_IMAGE_MAGIC;
    root_.used = tables_.Used();
    root_.closed = defaults_.closed;
    root_.bucket_first = writer.AddBlocks(buckets_);
    root_.bucket_count = static_cast<uint32_t>(buckets_.size());
    root_.state_first = writer.AddRecords(states_);
    root_.name_first = writer.AddRecords(names_.words());
    root_.vector_first = writer.AddBlocks(vectors_.Blocks());
    root_.vector_blocks = static_cast<uint16_t>(part_first_[kParts]);
    root_.enforce_blocks = static_cast<uint16_t>(part_first_[kAuditedDenials]);
    root_.object_root = object_number_[objects_.root];
    root_.object_lost = object_number_[objects_.lost];
    std::array<blf_dimension, kDimensionRows> dimensions{};
    for (uint32_t by = 0; by < BLF_DIMENSIONS; by++) {
        dimensions[by].none_vector = tables_.none_vector(by);
        dimensions[by].unknown_vector = tables_.unknown_vector(by);
        if (by < BLF_AUTOMATA) {
            dimensions[by].first = subject_number_[by][subjects_[by].root];
            dimensions[by].second = subject_number_[by][subjects_[by].lost];
        } else {
            dimensions[by].first = writer.AddRecords(tables_.numbers(by));
            dimensions[by].second = static_cast<uint32_t>(tables_.numbers(by).size());
        }
    }
    index_.lineage_first = writer.AddRecords(tables_.lineages());
    index_.lineage_lists = writer.AddRecords(tables_.LineageLists());
    const blf_addresses addresses = {.node_first = writer.AddBlocks(addresses_.nodes),
                                     .root = {addresses_.root[0], addresses_.root[1]},
                                     .every = {addresses_.every[0], addresses_.every[1]},
                                     .none = addresses_.none,
                                     .pad = {}};
    index_.filter_first = writer.AddRecords(filters_);
    index_.below_first = writer.AddRecords(below_);

    std::vector<blf_clause> clauses(size_t{root_.vector_blocks} * 512);
    for (size_t i = 0; i < clauses_.size(); i++) {
        const auto [low, high] = WordsOf(clauses_[i].operations);
        clauses[BitOf(i)] = {.operations = {low, high},
                             .policy = clauses_[i].policy,
                             .error = static_cast<uint32_t>(clauses_[i].error),
                             .rule = BLF_NONE,
                             .pad = 0};
    }
    for (uint32_t rule = 0; const Policy& policy : policies_) {
        for (const Rule& one : policy.rules) {
            const size_t clause = set_.of_rule[rule].first;
            if (one.kind == RuleKind::kDefault) clauses[BitOf(clause)].rule = rule;
            rule++;
        }
    }
    blf_defaults defaults = defaults_.vectors;
    defaults.need_first = writer.AddRecords(defaults_.needs);
    defaults.first[BLF_MODE_ENFORCE] = part_first_[kEnforcedDefaults];
    defaults.first[BLF_MODE_AUDIT] = part_first_[kAuditedDefaults];
    index_.version = BLF_IMAGE_VERSION;
    index_.clause_first = writer.AddRecords(clauses);
    index_.source_first = writer.AddRecords(gives_);
    AssembleGlobs(&writer);
    AddPeopleSections(policies_, sources_, set_, [this](size_t i) { return BitOf(i); },
                      {&writer, &index_, &digest_});

    std::vector<blf_tally> tallies((policies_.size() + 1) / 2 * 2 + index_.rule_count);
    index_.counter_first = writer.AddBlocks(std::vector<blf_block>(BLF_REASON_BLOCKS));
    writer.AddRecords(tallies);
    index_.blocks = writer.size();
    writer.Put(BLF_BLOCK_ROOT, root_);
    writer.Put(BLF_BLOCK_INDEX, index_);
    for (uint32_t i = 0; i < BLF_BLOCK_DIGEST - BLF_BLOCK_ASKS; i++) {
        blf_block block;
        std::memcpy(&block, &asks_[i * 16], sizeof(block));
        writer.Put(BLF_BLOCK_ASKS + i, block);
    }

    writer.Put(BLF_BLOCK_WHO, dimensions);
    writer.Put(BLF_BLOCK_ADDRESSES, addresses);
    writer.Put(BLF_BLOCK_DEFAULTS, defaults);

    writer.Put(BLF_BLOCK_DIGEST, digest_);
    Image image{writer.Take()};
    std::ranges::copy(image.view().ComputeDigest(), digest_.sha256);
    std::memcpy(&image.blocks[BLF_BLOCK_DIGEST], &digest_, sizeof(digest_));
    return image;
}

}  // namespace

std::optional<Image> Compile(std::vector<Policy> policies, const Sources& sources,
                             Diagnostics* diagnostics, const CompileLimits& limits,
                             const StateUnions& unions) {
    SortPolicies(&policies);
    std::optional<Image> image = Compiler(policies, sources, limits, unions, diagnostics).Run();
    if (image && image->blocks.size() > limits.blocks) {
        diagnostics->Error(policies.front().where,
                           fmt::format(message::kImageTooLarge, limits.blocks >> 14),
                           message::kHintTooManyStates);
        return std::nullopt;
    }
    if (image && limits.review > 0) WarnOfClosedNeeds(image->view(), policies, diagnostics);
    return image;
}

Image EmptyImage() {
    Diagnostics diagnostics;
    return *Compiler({}, {}, {}, {}, &diagnostics).Run();
}

}  // namespace bailiff::policy
