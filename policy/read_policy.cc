// SPDX-License-Identifier: Apache-2.0
#include "policy/read_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "abi/operation.h"
#include "policy/blocks.h"
#include "policy/fields.h"
#include "policy/messages.h"
#include "policy/parse_glob.h"
#include "policy/parse_path.h"
#include "policy/read_details.h"
#include "policy/selector.h"
#include "policy/suggest.h"
#include "policy/utf8.h"
#include "policy/vocabulary.h"
#include "policy/words.h"
#include "policy/yaml.h"

namespace bailiff::policy {
namespace {

constexpr size_t kLongestPolicyName = 64;

// To find rules that never apply. What lies beyond is not found.
constexpr size_t kCoveringWork = 20'000'000;

// What can be done to the root directory: it is not made, removed, renamed, linked, mapped or run.
constexpr blf_set kOfRoot = [] {
    blf_set operations = BLF_BIT(KERNEL_MODULE) - BLF_BIT(MOUNT);
    for (const auto operation :
         {BLF_OP_FILE_OPEN, BLF_OP_FILE_READ, BLF_OP_FILE_WRITE, BLF_OP_FILE_CHMOD,
          BLF_OP_FILE_CHOWN, BLF_OP_FILE_XATTR, BLF_OP_FILE_SETATTR, BLF_OP_FILE_STAT,
          BLF_OP_FILE_LIST, BLF_OP_FILE_LOCK, BLF_OP_FILE_IOCTL}) {
        operations |= blf_set{1} << operation;
    }
    return operations;
}();

class Reader {
  public:
    Reader(const Sources& sources, const Accounts& accounts, Diagnostics* diagnostics)
        : sources_(sources), accounts_(accounts), diagnostics_(diagnostics) {}

    std::vector<Policy> Read() {
        std::vector<Policy> policies;
        for (uint32_t file = 0; file < sources_.size(); ++file) {
            for (const Node& document : ReadYaml(sources_[file], file, diagnostics_)) {
                if (auto policy = ReadPolicy(document)) policies.push_back(std::move(*policy));
            }
        }
        return policies;
    }

  private:
    std::optional<Policy> ReadPolicy(const Node& node) {
        if (node.kind == Node::Kind::kMap &&
            !CheckVersion(node, DocumentKind::kPolicy, diagnostics_))
            return std::nullopt;
        if (!CheckMap(node, MapKind::kPolicy, "the policy", diagnostics_)) return std::nullopt;
        Policy policy;
        policy.where = node.where;
        subject_is_good_ = true;
        if (const Node* name = Require(node, "policy", "the policy", diagnostics_)) {
            ReadName(*name, &policy);
        }
        if (const Node* description = node.Find("description")) {
            ReadDescription(*description, &policy);
        }
        if (const Node* mode = node.Find("mode")) ReadMode(*mode, &policy);
        if (const Node* subject = node.Find("applies-to")) {
            subject_is_good_ =
                ReadWhom(*subject, MapKind::kSubject, "`applies-to`", &policy.applies_to);
        }
        const Node* closed = node.Find("default");
        closed_ = closed ? std::optional(ReadDefault(*closed)) : std::nullopt;
        const Node* rules =
            closed ? node.Find("rules") : Require(node, "rules", "the policy", diagnostics_);
        if (rules != nullptr) {
            for (const Node* rule : MapsOf(*rules, "rules", MapKind::kRule, diagnostics_)) {
                policy.rules.push_back(ReadRule(*rule, policy.applies_to));
            }
        }
        if (const Node* include = node.Find("include")) ReadIncludes(*include, &policy);
        if (closed_) policy.rules.push_back(*std::move(closed_));
        return policy;
    }

    void ReadIncludes(const Node& node, Policy* policy) {
        if (!closed_) {
            diagnostics_->Error(node.where, fmt::format(message::kOpensNothing, "include"),
                                fmt::format(message::kHintOpensNothing, "[file, exec]"));
        }
        const std::vector<std::string_view> names = BlockNames();
        for (const Node* entry :
             ListOf(node, "include", "a building block or a list of them", diagnostics_)) {
            const auto block = std::ranges::find(Blocks(), entry->value, &Block::name);
            if (block == Blocks().end()) {
                TellUnknown(*entry, message::kUnknownBlock, names,
                            fmt::format(message::kHintBlocks, ListWords(names)), diagnostics_);
            } else if (closed_) {
                Include(*block, entry->where, policy);
            }
        }
    }

    // Of what a block allows, and of what that opens besides, what the policy's default denies. It
    // stands where it is included.
    void Include(const Block& block, const Span& where, Policy* policy) {
        const blf_set closed = closed_->operations;
        for (Rule& rule : ReadBlock(block, accounts_)) {
            const blf_set besides = OpenedBy(rule.operations & ~closed);
            rule.operations = (rule.operations | besides) & closed;
            if (rule.operations == 0) continue;
            rule.where = where;
            for (PathPattern& object : rule.objects) object.where = where;
            for (const auto& selector : kPathSelectors) {
                for (PathPattern& text : rule.details.*selector.field) text.where = where;
            }
            policy->rules.push_back(std::move(rule));
        }
    }

    // policy/blocks_test.cc sees to it that nothing is wrong with them.
    static std::vector<Rule> ReadBlock(const Block& block, const Accounts& accounts) {
        const Sources sources = {{std::string(block.name), std::string(block.text), {}}};
        Diagnostics diagnostics;
        Reader reader(sources, accounts, &diagnostics);
        reader.closed_.emplace().operations = ~blf_set{0};
        std::vector<Rule> rules;
        for (const Node& document : ReadYaml(sources[0], 0, &diagnostics)) {
            const Node* list = document.Find("rules");
            if (list == nullptr) continue;
            for (const Node* rule : MapsOf(*list, "rules", MapKind::kRule, &diagnostics)) {
                rules.push_back(reader.ReadRule(*rule, {}));
            }
        }
        return rules;
    }

    Rule ReadDefault(const Node& node) {
        Rule rule;
        rule.kind = RuleKind::kDefault;
        rule.where = node.where;
        rule.error = EPERM;
        if (!CheckMap(node, MapKind::kDefault, "`default`", diagnostics_)) return rule;
        if (const Node* families = node.Find("deny")) {
            rule.operations = ReadFamilies(*families, diagnostics_);
        } else if (!node.incomplete) {
            diagnostics_->Error(node.where, fmt::format(message::kMissingKey, "`default`", "deny"),
                                fmt::format(message::kHintMissingKey, "deny: [file, exec]"));
        }
        if (const Node* error = node.Find("errno")) {
            rule.error = ReadErrno(*error, diagnostics_).value_or(EPERM);
        }
        return rule;
    }

    void ReadName(const Node& node, Policy* policy) {
        if (!CheckScalar(node, "policy", "a name", diagnostics_)) return;
        constexpr std::string_view kAllowed =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
        if (node.value.size() > kLongestPolicyName ||
            node.value.find_first_not_of(kAllowed) != std::string::npos) {
            diagnostics_->Error(node.where,
                                fmt::format(message::kBadPolicyName, Shorten(node.value)),
                                fmt::format(message::kHintBadPolicyName, kLongestPolicyName));
            return;
        }
        policy->name = node.value;
        policy->where = node.where;
        const auto [first, is_new] = names_.emplace(node.value, node.where);
        if (is_new) return;
        const Span& where = first->second;
        diagnostics_->Error(
            node.where, fmt::format(message::kDuplicatePolicy, node.value),
            fmt::format(message::kHintDuplicatePolicy, Shorten(sources_[where.file].name),
                        where.line, where.column));
    }

    void ReadDescription(const Node& node, Policy* policy) {
        Node one_line = node;
        one_line.several_lines = false;  // a description may have several
        if (!CheckScalar(one_line, "description", "text", diagnostics_)) return;
        policy->description = node.value;
        while (policy->description.ends_with('\n')) policy->description.pop_back();
    }

    void ReadMode(const Node& node, Policy* policy) {
        if (!CheckScalar(node, "mode", "enforce or audit", diagnostics_)) return;
        if (node.value == "audit") {
            policy->mode = Mode::kAudit;
        } else if (node.value != "enforce") {
            constexpr std::string_view kModes[] = {"enforce", "audit"};
            TellUnknown(node, message::kUnknownMode, kModes, message::kHintModes, diagnostics_);
        }
    }

    Rule ReadRule(const Node& node, const Subject& applies_to) {
        Rule rule;
        rule.where = node.where;
        rule.error = EPERM;
        ReadVerdict(node, &rule);
        ReadWhat(node, &rule);
        if (rule.kind == RuleKind::kAllows) return rule;
        if (const Node* except = node.Find("except")) {
            ReadExcept(*except, applies_to, &rule);
        }
        if (const Node* error = node.Find("errno")) {
            rule.error = ReadErrno(*error, diagnostics_).value_or(EPERM);
        }
        return rule;
    }

    void ReadVerdict(const Node& node, Rule* rule) {
        const Node* allow = node.Find("allow");
        const Node* deny =
            allow ? node.Find("deny") : Require(node, "deny", "the rule", diagnostics_);
        if (allow != nullptr && deny != nullptr) {
            diagnostics_->Error(allow->where, message::kDenyAndAllow, message::kHintDenyAndAllow);
        }
        if (const Node* operations = allow ? allow : deny) {
            const std::string_view key = allow ? "allow" : "deny";
            for (const unsigned operation : ReadOperations(*operations, key, diagnostics_)) {
                rule->operations |= blf_set{1} << operation;
            }
        }
        if (allow != nullptr) CheckAllow(node, *allow, rule);
    }

    void CheckAllow(const Node& node, const Node& allow, Rule* rule) {
        rule->kind = RuleKind::kAllows;
        rule->error = 0;
        for (const auto& [key, hint] : {std::pair("except", message::kHintNoExcept),
                                        std::pair("errno", message::kHintNoErrno)}) {
            const Node* strange = node.Find(key);
            if (strange == nullptr) continue;
            diagnostics_->Error(strange->where, fmt::format(message::kOnlyOfDeny, key), hint);
        }
        if (!closed_) {
            const std::string_view family = FamilyWordOf(rule->operations);
            diagnostics_->Error(allow.where, fmt::format(message::kOpensNothing, "allow"),
                                fmt::format(message::kHintOpensNothing, family));
        } else if (const blf_set open = rule->operations & ~closed_->operations;
                   open != 0 && closed_->operations != 0) {
            diagnostics_->Error(allow.where, fmt::format(message::kNotClosed, OperationList(open)),
                                fmt::format(message::kHintNotClosed, FamilyWordOf(open)));
        }
    }

    // Of the first one.
    static std::string_view FamilyWordOf(blf_set operations) {
        for (unsigned i = 0; i < BLF_OPERATION_COUNT; i++) {
            if (operations >> i & 1) return FamilyOf(i);
        }
        return "file";
    }

    // What the rule is about: paths, or what has none, and details. Where none of its operations
    // needs a path it may name nothing: `net.*`.
    void ReadWhat(const Node& node, Rule* rule) {
        const blf_set without_path = rule->operations & ~BLF_PATH_OPERATIONS;
        const blf_set need_path = rule->operations & BLF_PATH_OPERATIONS & ~BLF_PLACE_OPERATIONS;
        const Node* path = node.Find("path") ? node.Find("path") : node.Find("name");
        if (path != nullptr && without_path != 0) {
            const std::string_view key = node.Find("path") ? "path" : "name";
            const bool sockets = (without_path & BLF_SOCKET_OPERATIONS) != 0;
            diagnostics_->Error(
                path->where, fmt::format(message::kPathOfSocket, OperationList(without_path), key),
                sockets ? message::kHintPathOfSocket : fmt::format(message::kHintNoAddress, key));
        } else if (CheckDetails(node, rule->operations, message::kSocketOfPath, diagnostics_)) {
            const Node* abstract = node.Find("abstract");
            if (path != nullptr && abstract != nullptr) {
                diagnostics_->Error(abstract->where, message::kPathAndAbstract,
                                    message::kHintPathAndAbstract);
            }
            const bool says_nothing = rule->operations == 0 && !HasDetails(node);
            if (path != nullptr) ReadObjects(node, rule);
            if (path == nullptr && (need_path != 0 || says_nothing)) {
                diagnostics_->Error(node.where, message::kNoObject, message::kHintNoObject);
            }
            ReadDetails(node, accounts_, &expansion_, rule, diagnostics_);
        }
    }

    void ReadObjects(const Node& node, Rule* rule) {
        const Node* path = node.Find("path");
        const Node* name = node.Find("name");
        if (path != nullptr) {
            for (const Node* entry :
                 ListOf(*path, "path", "a path or a list of paths", diagnostics_)) {
                if (auto pattern = ParsePath(*entry, &expansion_, diagnostics_)) {
                    CheckRoot(*pattern, *rule);
                    rule->objects.push_back(std::move(*pattern));
                }
            }
        }
        if (name != nullptr) {
            std::unordered_map<std::string, uint32_t> lines;  // `/**/x` may be there already
            for (const PathPattern& pattern : rule->objects) {
                lines.emplace(pattern.text, pattern.where.line);
            }
            for (const Node* entry :
                 ListOf(*name, "name", "a name or a list of names", diagnostics_)) {
                AddObject(ParseName(*entry, &expansion_, diagnostics_), &lines, rule);
            }
        }
    }

    // The root directory is there always, and no other file can be.
    void CheckRoot(const PathPattern& pattern, const Rule& rule) {
        const bool denies_nothing = rule.operations != 0 && !(rule.operations & kOfRoot);
        if (!pattern.components.empty() || !denies_nothing) return;
        diagnostics_->Error(pattern.where, message::kNotOfRoot, message::kHintNotOfRoot);
    }

    // Adds the pattern of a name, unless it is wrong, or there already in the other spelling.
    void AddObject(std::optional<PathPattern> pattern,
                   std::unordered_map<std::string, uint32_t>* lines, Rule* rule) {
        if (!pattern) return;
        const auto [first, is_new] = lines->emplace(pattern->text, pattern->where.line);
        if (is_new) {
            rule->objects.push_back(std::move(*pattern));
            return;
        }
        diagnostics_->Error(pattern->where,
                            fmt::format(message::kDuplicateEntry, Shorten(pattern->text)),
                            fmt::format(message::kHintFirstLine, first->second));
    }

    // False when something was told.
    bool ReadWhom(const Node& node, MapKind kind, std::string_view what, Subject* subject) {
        const size_t before = diagnostics_->list().size();
        *subject = ReadSubject(node, kind, what, accounts_, &expansion_, diagnostics_);
        if (diagnostics_->list().size() > before) return false;
        if (CanMatch(*subject, &covering_)) return true;
        diagnostics_->Error(node.where, fmt::format(message::kNoSuchProcess, what),
                            message::kHintNoSuchProcess);
        return false;
    }

    void ReadExcept(const Node& node, const Subject& applies_to, Rule* rule) {
        rule->except_where = node.where;
        if (!ReadWhom(node, MapKind::kException, "`except`", &rule->except) ||
            !CheckDetails(node, rule->operations, message::kSocketOfPath, diagnostics_) ||
            !subject_is_good_) {
            return;
        }
        if (Covers(rule->except, applies_to, &covering_)) {
            diagnostics_->Error(node.where, message::kNeverApplies, message::kHintNeverApplies);
        }
    }

    const Sources& sources_;
    const Accounts& accounts_;
    Diagnostics* diagnostics_;
    std::map<std::string, Span> names_;
    Work covering_{kCoveringWork};    // for all rules
    Work expansion_{kExpansionWork};  // for all patterns
    bool subject_is_good_ = true;     // of the policy that is being read
    std::optional<Rule> closed_;      // the default of that policy
};

}  // namespace

std::vector<Policy> ReadPolicies(const Sources& sources, const Accounts& accounts,
                                 Diagnostics* diagnostics) {
    return Reader(sources, accounts, diagnostics).Read();
}

}  // namespace bailiff::policy
