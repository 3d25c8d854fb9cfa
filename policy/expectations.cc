// SPDX-License-Identifier: Apache-2.0
#include "policy/expectations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "policy/classify.h"
#include "policy/fields.h"
#include "policy/messages.h"
#include "policy/parse_digest.h"
#include "policy/read_details.h"
#include "policy/read_number.h"
#include "policy/suggest.h"
#include "policy/utf8.h"
#include "policy/vocabulary.h"
#include "policy/words.h"
#include "policy/yaml.h"

namespace bailiff::policy {
namespace {

// By enum Verdict.
constexpr std::array<std::string_view, 3> kVerdicts = {"allow", "deny", "audit"};

class Reader {
  public:
    Reader(const Accounts& accounts, Diagnostics* diagnostics)
        : accounts_(accounts), diagnostics_(diagnostics) {}

    std::optional<ExpectationSet> ReadSet(const Node& node) {
        if (node.kind == Node::Kind::kMap && !CheckVersion(node, DocumentKind::kTest, diagnostics_))
            return std::nullopt;
        if (!CheckMap(node, MapKind::kTest, "the test", diagnostics_)) return std::nullopt;
        ExpectationSet set;
        if (const Node* files = node.Find("policies")) {
            constexpr std::string_view kExpected = "a file or a list of files";
            for (const Node* file : ListOf(*files, "policies", kExpected, diagnostics_)) {
                set.policies.push_back({file->value, file->where});
            }
        }
        const Node* requests = Require(node, "requests", "the test", diagnostics_);
        if (requests == nullptr) return set;
        for (const Node* request : MapsOf(*requests, "requests", MapKind::kRequest, diagnostics_)) {
            ReadRequest(*request, &set);
        }
        return set;
    }

  private:
    void ReadRequest(const Node& node, ExpectationSet* set) {
        Expectation expectation;
        expectation.where = node.where;
        ReadWho(node, &expectation.who);
        const Node* verdict = Require(node, "expect", "the request", diagnostics_);
        const bool known = verdict != nullptr && ReadVerdict(*verdict, &expectation);
        if (const Node* rule = node.Find("rule")) {
            if (known && expectation.verdict == Verdict::kAllow)
                TellOnlyOfDenial(*rule, "rule", expectation);
            ReadRule(*rule, &expectation);
        }
        if (const Node* error = node.Find("errno")) {
            if (known && expectation.verdict != Verdict::kDeny)
                TellOnlyOfDenial(*error, "errno", expectation);
            expectation.error = ReadErrno(*error, diagnostics_).value_or(0);
        }
        AddRequests(node, expectation, set);
    }

    // One for each operation and object.
    void AddRequests(const Node& node, Expectation expectation, ExpectationSet* set) {
        const Node* words = Require(node, "op", "the request", diagnostics_);
        std::vector<unsigned> operations;
        if (words != nullptr) operations = ReadOperations(*words, "op", diagnostics_);
        for (const std::string& object : ReadObjects(node, operations)) {
            expectation.object = object;
            for (unsigned operation : operations) {
                expectation.operation = operation;
                set->expectations.push_back(expectation);
            }
        }
    }

    std::vector<std::string> ReadObjects(const Node& node,
                                         const std::vector<unsigned>& operations) {
        blf_set bits = 0;
        for (unsigned operation : operations) bits |= blf_set{1} << operation;
        if (!CheckDetails(node, bits, message::kSocketRequestOfPath, diagnostics_)) return {};
        if (bits & BLF_SOCKET_OPERATIONS) return ReadAddresses(node, bits);
        return ReadPaths(node, bits);
    }

    // Without one, what is at no place.
    std::vector<std::string> ReadPaths(const Node& node, blf_set operations) {
        const blf_set without_path = operations & ~BLF_PATH_OPERATIONS;
        const bool needed = (operations & ~BLF_PLACE_OPERATIONS & ~without_path) != 0;
        if (node.Find("path") == nullptr && operations != 0 && !needed) return {""};
        const Node* path = Require(node, "path", "the request", diagnostics_);
        if (path == nullptr) return {};
        if (without_path != 0) {
            diagnostics_->Error(
                path->where,
                fmt::format(message::kPathRequestOfSocket, OperationList(without_path)),
                fmt::format(message::kHintNoAddress, "path"));
            return {};
        }
        std::vector<std::string> paths;
        for (const Node* entry : ListOf(*path, "path", "a path or a list of paths", diagnostics_)) {
            if (CheckPath(*entry)) paths.push_back(entry->value);
        }
        return paths;
    }

    // Without one, a socket that has none.
    std::vector<std::string> ReadAddresses(const Node& node, blf_set operations) {
        if (const Node* path = node.Find("path")) {
            diagnostics_->Error(path->where,
                                fmt::format(message::kPathRequestOfSocket,
                                            OperationList(operations & BLF_SOCKET_OPERATIONS)),
                                message::kHintPathOfSocket);
            return {};
        }
        const blf_set on_paths = operations & ~BLF_SOCKET_OPERATIONS;
        if (on_paths != 0) {
            diagnostics_->Error(node.where,
                                fmt::format(message::kBothRequested, OperationList(on_paths)),
                                message::kHintBothRequested);
            return {};
        }
        const Node* address = node.Find("address");
        if (address == nullptr) return {""};
        std::vector<std::string> addresses;
        for (const Node* entry :
             ListOf(*address, "address", "an address or a list of addresses", diagnostics_)) {
            if (AddressOf(entry->value)) {
                addresses.push_back(entry->value);
            } else {
                diagnostics_->Error(entry->where,
                                    fmt::format(message::kBadAddress, Shorten(entry->value)),
                                    message::kHintOneAddress);
            }
        }
        return addresses;
    }

    // A path that exists, so to speak: no pattern.
    bool CheckPath(const Node& node) {
        if (!node.value.starts_with('/')) {
            diagnostics_->Error(node.where, message::kRelativePath, message::kHintNotResolved);
            return false;
        }
        if (SplitPath(node.value)) return true;
        diagnostics_->Error(node.where, message::kNotResolved, message::kHintNotResolved);
        return false;
    }

    void ReadWho(const Node& node, Asker* who) {
        for (const Selector<Patterns>& selector : kPathSelectors) {
            const Node* value = node.Find(selector.word);
            if (value == nullptr) continue;
            const blf_by by = OfAsker(selector.dimension);
            if (by == BLF_BY_ANCESTORS) {
                for (const Node* exe :
                     ListOf(*value, selector.word, "a path or a list of paths", diagnostics_)) {
                    if (CheckPath(*exe)) SetPath(who, selector.dimension, exe->value);
                }
            } else if (by == BLF_BY_EXE_SHA256) {
                ReadDigest(*value, selector, who);
            } else if (IsDetail(by)) {
                if (CheckScalar(*value, selector.word, "a text", diagnostics_)) {
                    SetPath(who, selector.dimension, value->value);
                }
            } else if (CheckScalar(*value, selector.word, "a path", diagnostics_) &&
                       CheckPath(*value)) {
                SetPath(who, selector.dimension, value->value);
            }
        }
        for (const Selector<Ranges>& selector : kNumberSelectors) {
            const Node* value = node.Find(selector.word);
            if (value != nullptr) ReadNumbers(*value, selector, who);
        }
    }

    void ReadDigest(const Node& node, const Selector<Patterns>& selector, Asker* who) {
        if (!CheckScalar(node, selector.word, "a SHA-256", diagnostics_)) return;
        if (const auto pattern = ParseDigest(node, diagnostics_)) {
            SetPath(who, selector.dimension, pattern->text);
        }
    }

    void ReadNumbers(const Node& node, const Selector<Ranges>& selector, Asker* who) {
        if (selector.dimension >= BLF_VALUES_END) {
            for (const Node* one :
                 ListOf(node, selector.word, "one or a list of them", diagnostics_)) {
                ReadNumberOf(*one, selector, who);
            }
        } else if (CheckScalar(node, selector.word, "one of them", diagnostics_)) {
            ReadNumberOf(node, selector, who);
        }
    }

    void ReadNumberOf(const Node& node, const Selector<Ranges>& selector, Asker* who) {
        const std::optional<NumberRange> range =
            ReadNumber(node, selector, accounts_, diagnostics_);
        if (!range) return;
        SetNumber(who, selector.dimension, range->first);
        if (range->first == range->last) return;
        diagnostics_->Error(node.where, fmt::format(message::kSeveralNumbers, Shorten(node.value)),
                            message::kHintSeveralNumbers);
    }

    bool ReadVerdict(const Node& node, Expectation* expectation) {
        if (!CheckScalar(node, "expect", "a verdict", diagnostics_)) return false;
        const auto found = std::ranges::find(kVerdicts, node.value);
        if (found == kVerdicts.end()) {
            TellUnknown(node, message::kUnknownVerdict, kVerdicts,
                        fmt::format(message::kHintVerdicts, ListWords(kVerdicts)), diagnostics_);
            return false;
        }
        expectation->verdict = static_cast<Verdict>(found - kVerdicts.begin());
        return true;
    }

    void TellOnlyOfDenial(const Node& node, std::string_view key, const Expectation& expectation) {
        diagnostics_->Error(
            node.where, fmt::format(message::kOnlyOfDenial, key, VerdictWord(expectation.verdict)),
            message::kHintOnlyOfDenial);
    }

    void ReadRule(const Node& node, Expectation* expectation) {
        if (!CheckScalar(node, "rule", "a rule", diagnostics_)) return;
        const std::string_view text = node.value;
        const size_t slash = text.find('/');
        RuleReference rule{.policy = std::string(text.substr(0, slash)), .where = node.where};
        bool good = slash != 0;
        if (slash != std::string_view::npos) {
            const char* end = text.data() + text.size();
            const auto [parsed, error] = std::from_chars(text.data() + slash + 1, end, rule.number);
            good = good && error == std::errc{} && parsed == end && rule.number > 0;
            if (text.substr(slash + 1) == "default") {
                rule.number = kDefaultRule;
                good = slash != 0;
            }
        }
        if (good) {
            expectation->rule = std::move(rule);
        } else {
            diagnostics_->Error(node.where, fmt::format(message::kBadRule, Shorten(text)),
                                message::kHintBadRule);
        }
    }

    const Accounts& accounts_;
    Diagnostics* diagnostics_;
};

bool HasDefault(const ImageView& image, uint32_t policy) {
    for (uint32_t i = 0; i < image.index().rule_count; i++) {
        const blf_rule rule = image.rule(i);
        if (rule.policy == policy && rule.verdict == BLF_RULE_DEFAULT) return true;
    }
    return false;
}

// Without the default.
uint32_t RuleCount(const ImageView& image, uint32_t policy) {
    return image.policy(policy).rules - (HasDefault(image, policy) ? 1 : 0);
}

}  // namespace

std::string_view VerdictWord(Verdict verdict) {
    return kVerdicts[static_cast<size_t>(verdict)];
}

std::vector<ExpectationSet> ReadExpectations(const Sources& sources, const Accounts& accounts,
                                             Diagnostics* diagnostics) {
    std::vector<ExpectationSet> sets;
    Reader reader(accounts, diagnostics);
    for (uint32_t file = 0; file < sources.size(); ++file) {
        for (const Node& document : ReadYaml(sources[file], file, diagnostics)) {
            if (auto set = reader.ReadSet(document)) sets.push_back(std::move(*set));
        }
    }
    return sets;
}

void CheckRules(const ImageView& image, const ExpectationSet& set, Diagnostics* diagnostics) {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < image.index().policy_count; ++i) {
        names.push_back(image.text(image.policy(i).name));
    }
    const Span* told = nullptr;  // an entry may be several expectations
    for (const Expectation& expectation : set.expectations) {
        if (!expectation.rule) continue;
        const RuleReference& rule = *expectation.rule;
        const bool again =
            told != nullptr && told->line == rule.where.line && told->column == rule.where.column;
        const auto found = std::ranges::find(names, rule.policy);
        if (again) continue;
        if (found == names.end()) {
            const std::vector<std::string_view> words(names.begin(), names.end());
            diagnostics->Error(rule.where,
                               fmt::format(message::kPolicyNotTested, Shorten(rule.policy)),
                               fmt::format(message::kHintPoliciesTested, ListWords(words)));
            told = &rule.where;
        } else if (const uint32_t policy = static_cast<uint32_t>(found - names.begin());
                   rule.number == kDefaultRule) {
            if (HasDefault(image, policy)) continue;
            diagnostics->Error(rule.where, fmt::format(message::kNoSuchDefault, rule.policy),
                               message::kHintNoSuchDefault);
            told = &rule.where;
        } else if (const uint32_t count = RuleCount(image, policy); rule.number > count) {
            diagnostics->Error(rule.where,
                               fmt::format(message::kNoSuchRule, rule.policy, rule.number),
                               fmt::format(message::kHintNoSuchRule, count));
            told = &rule.where;
        }
    }
}

bool BeginsLikeExpectations(std::string_view text) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (line.starts_with("bailiff-test:")) return true;
        const bool says_nothing = line.find_first_not_of(" \t\r") == std::string_view::npos ||
                                  line.starts_with('#') || line == "---";
        if (!says_nothing) return false;
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return false;
}

bool IsExpectations(const Source& source) {
    if (!BeginsLikeExpectations(source.text)) return false;
    Diagnostics diagnostics;
    const std::vector<Node> documents = ReadYaml(source, 0, &diagnostics);
    return !diagnostics.has_errors() && std::ranges::all_of(documents, [](const Node& document) {
        return document.kind == Node::Kind::kMap && document.Find("bailiff-test") != nullptr &&
               document.Find("bailiff") == nullptr;
    });
}

}  // namespace bailiff::policy
