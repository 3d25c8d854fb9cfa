// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>

#include "decide/testing/generate.h"
#include "fmt/format.h"
#include "policy/dump_model.h"
#include "tests/vm/programs/differential/cases.h"

namespace bailiff::differential {
namespace {

using policy::Component;
using policy::PathPattern;
using policy::Policy;

constexpr int kDraws = 300;
constexpr size_t kObjects = 60;
constexpr size_t kExes = 3;
constexpr size_t kUids = 6;

Component Literal(const std::string& name) {
    Component component;
    component.name = name;
    return component;
}

class Mover {
  public:
    Mover(Components prefix, uint64_t seed) : prefix_(std::move(prefix)), random_(seed) {}

    void Move(std::vector<Policy>* policies) {
        for (Policy& policy : *policies) {
            // What we cannot vary about the askers would make most policies be about nobody.
            if (random_() % 3 != 0) OfExecutablesAndUsers(&policy);
            Move(&policy.applies_to.exe);
            for (policy::Rule& rule : policy.rules) {
                Move(&rule.objects);
                Move(&rule.except.exe);
            }
        }
    }

    OraclePath Moved(OraclePath path) const {
        if (!path.lost) {
            path.components.insert(path.components.begin(), prefix_.begin(), prefix_.end());
        }
        return path;
    }

  private:
    static void OfExecutablesAndUsers(Policy* policy) {
        policy->applies_to = OfExecutablesAndUsers(policy->applies_to);
        for (policy::Rule& rule : policy->rules) rule.except = OfExecutablesAndUsers(rule.except);
    }

    static policy::Subject OfExecutablesAndUsers(const policy::Subject& subject) {
        return {.exe = subject.exe, .uid = subject.uid};
    }

    void Move(std::vector<PathPattern>* patterns) {
        for (PathPattern& pattern : *patterns) {
            std::vector<Component>& components = pattern.components;
            if (!components.empty() && components[0].any_depth && random_() % 2 == 0) continue;
            for (size_t i = prefix_.size(); i > 0; i--) {
                components.insert(components.begin(), Literal(prefix_[i - 1]));
            }
            pattern.text = policy::DumpPattern(pattern);
        }
    }

    Components prefix_;
    std::mt19937_64 random_;
};

bool Same(const OraclePath& a, const OraclePath& b) {
    return a.components == b.components && a.lost == b.lost;
}

void AddNew(std::vector<OraclePath>* paths, const OraclePath& path, size_t most) {
    const bool known =
        std::ranges::any_of(*paths, [&](const OraclePath& other) { return Same(path, other); });
    if (!known && paths->size() < most) paths->push_back(path);
}

}  // namespace

Case RandomCase(uint64_t seed) {
    const std::string name = fmt::format("{}", seed);
    decide::testing::Generator generator(seed, false);
    Mover mover({"tmp", "differential", name}, seed);
    Case made{.title = "case " + name,
              .directory = fmt::format("{}/{}", kPlace, name),
              .policies = generator.Policies(),
              .objects = {},
              .exes = {},
              .uids = {0},
              .asks = {BLF_ASK_FILE_OPEN, BLF_ASK_FILE_OPEN_READ, BLF_ASK_FILE_OPEN_WRITE,
                       BLF_ASK_FILE_OPEN_READ_WRITE, BLF_ASK_FILE_OPEN_APPEND,
                       BLF_ASK_FILE_OPEN_READ_APPEND}};
    for (int i = 0; i < kDraws; i++) {
        const OracleRequest request = generator.Request(made.policies);
        AddNew(&made.objects, mover.Moved(request.object), kObjects);
        if (request.who.exe) AddNew(&made.exes, mover.Moved(*request.who.exe), kExes);
        const bool known = std::ranges::find(made.uids, request.who.uid) != made.uids.end();
        if (!known && request.who.uid != UINT32_MAX && made.uids.size() < kUids) {
            made.uids.push_back(request.who.uid);
        }
    }
    // The longer first: what others lie in is a directory then, and not a file.
    std::ranges::stable_sort(made.objects, std::ranges::greater(),
                             [](const OraclePath& path) { return path.components.size(); });
    mover.Move(&made.policies);
    return made;
}

}  // namespace bailiff::differential
