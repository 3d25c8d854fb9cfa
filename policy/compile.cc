// SPDX-License-Identifier: Apache-2.0
//
// The one external function is Compile(). The stages before it have files of their own: clauses,
// path_automaton, byte_automaton, edge_table; here their results get their numbers and places.
#include "policy/compile.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "fmt/format.h"
#include "policy/clauses.h"
#include "policy/edge_table.h"
#include "policy/image_writer.h"
#include "policy/path_automaton.h"
#include "policy/vector_table.h"

namespace bailiff::policy {
namespace {

constexpr std::array<uint64_t, BLF_ASK_COUNT> kAskOperations = {
#define BLF_ASK(id, hook, operations) operations,
#include "abi/asks.def"
#undef BLF_ASK
};

// Patterns with equal text are one pattern.
class PatternTable {
  public:
    uint32_t NumberOf(const PathPattern* pattern) {
        auto [at, is_new] = numbers_.emplace(pattern->text, patterns_.size());
        if (is_new) patterns_.push_back(pattern);
        return at->second;
    }
    const std::vector<const PathPattern*>& patterns() const { return patterns_; }

  private:
    std::map<std::string, uint32_t> numbers_;
    std::vector<const PathPattern*> patterns_;
};

// The image's number of each state of one automaton.
using Numbering = std::vector<uint32_t>;

class Compiler {
  public:
    Compiler(const std::vector<Policy>& policies, const Sources& sources, Diagnostics* diagnostics)
        : policies_(policies),
          sources_(sources),
          diagnostics_(diagnostics),
          set_(MakeClauses(policies)),
          clauses_(set_.clauses),
          enforcing_(set_.enforcing),
          enforce_blocks_(BlocksFor(enforcing_)),
          blocks_(std::max(1U, enforce_blocks_ + BlocksFor(clauses_.size() - enforcing_))),
          vectors_(blocks_) {}

    std::optional<Image> Run() {
        if (blocks_ > BLF_BITS_MAX / 512) {
            Limit(fmt::format("more than {} distinct rules", BLF_BITS_MAX),
                  "rules that differ only in their paths count as one; merge some");
            return std::nullopt;
        }
        CollectPatterns();
        if (!BuildAutomata()) return std::nullopt;
        NumberStates();
        WriteRootVectors();
        WriteStates(objects_, object_number_, true);
        WriteStates(subjects_, subject_number_, false);
        if (!WriteEdges()) return std::nullopt;
        return Assemble();
    }

  private:
    static uint32_t BlocksFor(size_t clauses) {
        return static_cast<uint32_t>((clauses + 511) / 512);
    }

    // Clause i's bit: auditing clauses begin at a block of their own.
    uint32_t BitOf(size_t i) const {
        if (i < enforcing_) return static_cast<uint32_t>(i);
        return static_cast<uint32_t>(size_t{enforce_blocks_} * 512 + (i - enforcing_));
    }

    void Limit(std::string what, std::string hint) {
        Span where = policies_.empty() ? Span{} : policies_.front().where;
        diagnostics_->Error(where, "the policies do not fit into one image: " + std::move(what),
                            std::move(hint));
    }

    // The vector of the clauses that `allowed` lets through.
    template <typename Allowed>
    uint32_t VectorWhere(Allowed allowed) {
        VectorTable::Bits bits(size_t{512} * blocks_);
        for (size_t i = 0; i < clauses_.size(); i++) {
            if (allowed(clauses_[i])) bits[BitOf(i)] = true;
        }
        return vectors_.NumberOf(bits);
    }

    void CollectPatterns() {
        for (size_t i = 0; i < clauses_.size(); i++) {
            for (auto [pattern, rule] : clauses_[i].objects) {
                uint32_t number = object_patterns_.NumberOf(pattern);
                if (given_by_.size() <= number) given_by_.resize(number + 1);
                given_by_[number].push_back({BitOf(i), rule});
            }
            for (const Subject* subject : {&clauses_[i].applies_to, &clauses_[i].except}) {
                for (const PathPattern& exe : subject->exe) exe_patterns_.NumberOf(&exe);
            }
        }
    }

    bool BuildAutomata() {
        std::string too_many;
        auto objects = BuildPathAutomaton(object_patterns_.patterns(), {}, &too_many);
        auto subjects = BuildPathAutomaton(exe_patterns_.patterns(), {}, &too_many);
        if (!objects || !subjects) {
            Limit(too_many, "name fewer paths with `**` or globs, or shorter lists of them");
            return false;
        }
        objects_ = std::move(*objects);
        subjects_ = std::move(*subjects);
        return true;
    }

    // 0 is dead in both; then the states that may need more than a literal edge, then the rest.
    void NumberStates() {
        object_number_.resize(objects_.states.size());
        subject_number_.resize(subjects_.states.size());
        uint32_t next = 1;
        for (bool sparse : {true, false}) {
            for (auto [automaton, numbers] :
                 {std::pair(&objects_, &object_number_), std::pair(&subjects_, &subject_number_)}) {
                for (size_t i = 1; i < automaton->states.size(); i++) {
                    if (automaton->states[i].sparse() == sparse) (*numbers)[i] = next++;
                }
            }
            if (sparse) root_.sparse_states = next;
        }
        states_.resize(next);
        states_[BLF_DEAD] = {.vector = 0, .sources = BLF_NONE, .default_to = BLF_DEAD, .glob = 0};
    }

    void WriteRootVectors() {
        index_.all_vector = VectorWhere([](const Clause&) { return true; });
        index_.subject_none_vector =
            VectorWhere([](const Clause& clause) { return ExeAllowed(clause, {}); });
        for (size_t ask = 0; ask < kAskOperations.size(); ask++) {
            asks_[ask] = VectorWhere([&](const Clause& clause) {
                return (clause.operations & kAskOperations[ask]) != 0;
            });
        }
        std::vector<uint32_t> starts = {0};
        for (const Clause& clause : clauses_) {
            for (const Subject* subject : {&clause.applies_to, &clause.except}) {
                for (UidRange range : subject->uid) {
                    starts.push_back(range.first);
                    if (range.last != UINT32_MAX) starts.push_back(range.last + 1);
                }
            }
        }
        std::ranges::sort(starts);
        for (uint32_t first : starts) {
            uint32_t vector =
                VectorWhere([&](const Clause& clause) { return UidAllowed(clause, first); });
            if (uids_.empty() || uids_.back().vector != vector) uids_.push_back({first, vector});
        }
    }

    void WriteStates(const PathAutomaton& automaton, const Numbering& numbers, bool objects) {
        auto first_glob = static_cast<uint32_t>(matchers_.size());
        for (const ByteAutomaton& glob : automaton.globs) matchers_.push_back(&glob);
        for (size_t i = 1; i < automaton.states.size(); i++) {
            const PathState& from = automaton.states[i];
            blf_state& state = states_[numbers[i]];
            state.default_to = numbers[from.default_to];
            state.glob = from.glob ? AddGlob(first_glob + from.glob - 1, from, numbers) : 0;
            state.sources = BLF_NONE;
            if (objects) {
                WriteObjectAccept(from, &state);
            } else {
                state.vector = ExeVector(from);
            }
        }
    }

    uint32_t AddGlob(uint32_t matcher, const PathState& from, const Numbering& numbers) {
        if (globs_.empty()) globs_.push_back({});
        blf_glob glob{};
        glob.table = matcher;  // replaced by its place in Assemble()
        glob.target = static_cast<uint32_t>(targets_.size());
        for (uint32_t target : from.glob_targets) targets_.push_back(numbers[target]);
        globs_.push_back(glob);
        return static_cast<uint32_t>(globs_.size() - 1);
    }

    void WriteObjectAccept(const PathState& from, blf_state* state) {
        std::vector<std::pair<uint32_t, uint32_t>> given;  // bit, rule
        for (uint32_t pattern : from.accepts) {
            given.insert(given.end(), given_by_[pattern].begin(), given_by_[pattern].end());
        }
        if (given.empty()) return;
        std::ranges::sort(given);
        // Two patterns of one rule may meet here.
        given.erase(std::unique(given.begin(), given.end()), given.end());
        VectorTable::Bits bits(size_t{512} * blocks_);
        for (auto [bit, rule] : given) bits[bit] = true;
        state->vector = vectors_.NumberOf(bits);

        auto [at, is_new] = source_lists_.emplace(given, static_cast<uint32_t>(gives_.size()));
        state->sources = at->second;
        if (!is_new) return;
        for (auto [bit, rule] : given) gives_.push_back({bit, rule});
        gives_.push_back({BLF_NONE, BLF_NONE});
    }

    uint32_t ExeVector(const PathState& state) {
        std::vector<std::string> matched;
        for (uint32_t pattern : state.accepts) {
            matched.push_back(exe_patterns_.patterns()[pattern]->text);
        }
        return VectorWhere([&](const Clause& clause) { return ExeAllowed(clause, matched); });
    }

    void CollectEdges(const PathAutomaton& automaton, const Numbering& numbers,
                      std::vector<NamedEdge>* edges) {
        for (size_t i = 1; i < automaton.states.size(); i++) {
            for (const auto& [name, to] : automaton.states[i].literals) {
                NamedEdge named{.hash = HashName(name), .edge = {}};
                named.edge = {.tag = static_cast<uint32_t>(named.hash >> 32),
                              .from = numbers[i],
                              .to = numbers[to],
                              .name = names_.IndexOf(name)};
                edges->push_back(named);
            }
        }
    }

    bool WriteEdges() {
        std::vector<NamedEdge> edges;
        CollectEdges(objects_, object_number_, &edges);
        CollectEdges(subjects_, subject_number_, &edges);
        std::optional<std::vector<blf_block>> buckets = PlaceEdges(edges);
        if (!buckets) {
            Limit("more than eight names in one directory have one hash",
                  "only names made to collide do; rename or drop some");
            return false;
        }
        buckets_ = std::move(*buckets);
        return true;
    }

    Image Assemble();
    void AssembleGlobs(ImageWriter* writer);
    void AssemblePeople(ImageWriter* writer);

    const std::vector<Policy>& policies_;
    const Sources& sources_;
    Diagnostics* diagnostics_;
    ClauseSet set_;
    const std::vector<Clause>& clauses_;
    size_t enforcing_;  // how many clauses enforce; they come first
    uint32_t enforce_blocks_;
    uint32_t blocks_;
    VectorTable vectors_;

    PatternTable object_patterns_;
    PatternTable exe_patterns_;
    std::vector<std::vector<std::pair<uint32_t, uint32_t>>> given_by_;  // by object pattern
    PathAutomaton objects_;
    PathAutomaton subjects_;
    Numbering object_number_;
    Numbering subject_number_;

    blf_root root_{};
    blf_index index_{};
    std::array<uint32_t, BLF_ASKS_MAX> asks_{};
    std::vector<blf_block> buckets_;
    std::vector<blf_state> states_;
    std::vector<blf_uid> uids_;
    std::vector<blf_glob> globs_;
    std::vector<uint32_t> targets_;
    std::vector<const ByteAutomaton*> matchers_;
    std::vector<blf_source> gives_ = {{BLF_NONE, BLF_NONE}};  // 0 is no list
    std::map<std::vector<std::pair<uint32_t, uint32_t>>, uint32_t> source_lists_;
    NameTable names_;
    TextTable texts_;
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

// What status and explain tell: names, places in the text.
void Compiler::AssemblePeople(ImageWriter* writer) {
    std::vector<blf_policy> policies;
    std::vector<blf_rule> rules;
    for (uint32_t i = 0; i < policies_.size(); i++) {
        const Policy& policy = policies_[i];
        policies.push_back({.name = texts_.IndexOf(policy.name),
                            .description = texts_.IndexOf(policy.description),
                            .mode = policy.mode == Mode::kAudit ? BLF_MODE_AUDIT : BLF_MODE_ENFORCE,
                            .rules = static_cast<uint32_t>(policy.rules.size())});
        uint32_t number = 1;
        for (const Rule& rule : policy.rules) {
            ClauseSet::Range range = set_.of_rule[rules.size()];
            rules.push_back({.policy = i,
                             .number = number++,
                             .file = texts_.IndexOf(PlaceOf(sources_[rule.where.file])),
                             .line = rule.where.line,
                             .operations = rule.operations,
                             .error = static_cast<uint16_t>(rule.error),
                             .clauses = static_cast<uint16_t>(range.count),
                             .clause = BitOf(range.first)});
        }
    }
    index_.policy_count = static_cast<uint32_t>(policies.size());
    index_.rule_count = static_cast<uint32_t>(rules.size());
    index_.policy_first = writer->AddRecords(policies);
    index_.rule_first = writer->AddRecords(rules);
    index_.text_first = writer->AddBytes(texts_.bytes().data(), texts_.bytes().size());
}

Image Compiler::Assemble() {
    ImageWriter writer;
    index_.magic = BLF_IMAGE_MAGIC;
    root_.flags = exe_patterns_.patterns().empty() ? 0 : BLF_USES_EXE;
    root_.bucket_first = writer.AddBlocks(buckets_);
    root_.bucket_count = static_cast<uint32_t>(buckets_.size());
    root_.state_first = writer.AddRecords(states_);
    root_.name_first = writer.AddRecords(names_.words());
    root_.vector_first = writer.AddBlocks(vectors_.Blocks());
    root_.vector_blocks = blocks_;
    root_.enforce_blocks = enforce_blocks_;
    root_.object_root = object_number_[objects_.root];
    root_.object_lost = object_number_[objects_.lost];
    index_.subject_root = subject_number_[subjects_.root];
    index_.subject_lost = subject_number_[subjects_.lost];
    root_.uid_first = writer.AddRecords(uids_);
    index_.uid_count = static_cast<uint32_t>(uids_.size());

    std::vector<blf_clause> clauses(size_t{root_.vector_blocks} * 512);
    for (size_t i = 0; i < clauses_.size(); i++) {
        clauses[BitOf(i)] = {.policy = clauses_[i].policy,
                             .error = static_cast<uint32_t>(clauses_[i].error)};
    }
    index_.version = BLF_IMAGE_VERSION;
    index_.clause_first = writer.AddRecords(clauses);
    index_.source_first = writer.AddRecords(gives_);
    AssembleGlobs(&writer);
    AssemblePeople(&writer);

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

    Image image{writer.Take()};
    blf_digest digest{};
    Digest sha256 = image.view().ComputeDigest();
    std::ranges::copy(sha256, digest.sha256);
    std::memcpy(&image.blocks[BLF_BLOCK_DIGEST], &digest, sizeof(digest));
    return image;
}

}  // namespace

std::optional<Image> Compile(std::vector<Policy> policies, const Sources& sources,
                             Diagnostics* diagnostics) {
    std::ranges::sort(policies, [](const Policy& a, const Policy& b) {
        return std::tie(a.mode, a.name) < std::tie(b.mode, b.name);
    });
    std::optional<Image> image = Compiler(policies, sources, diagnostics).Run();
    if (image && image->blocks.size() > BLF_BLOCKS_MAX) {
        diagnostics->Error({}, "the image is larger than 256 MiB", "name fewer paths");
        return std::nullopt;
    }
    return image;
}

Image EmptyImage() {
    Diagnostics diagnostics;
    return *Compiler({}, {}, &diagnostics).Run();
}

}  // namespace bailiff::policy
