// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Policies and requests drawn at random, from a small pool of names so that they meet.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "decide/testing/oracle.h"
#include "policy/model.h"

namespace bailiff::decide::testing {

// Drawn anew, or BAILIFF_SEED.
uint64_t Seed();

// `root`, and all paths of one to `depth` components; `**` twice in a row is no pattern.
std::vector<std::string> AllTexts(const std::vector<std::string>& alphabet, size_t depth,
                                  const std::string& root = "/");

class Generator {
  public:
    // Without `sockets`, all is about paths, and no policy has a default.
    explicit Generator(uint64_t seed, bool sockets = true);

    std::vector<policy::Policy> Policies();
    // Most requests follow some pattern of the policies.
    OracleRequest Request(const std::vector<policy::Policy>& policies);
    // Both names follow patterns, often the same one; half of them are of directories.
    OracleMove Move(const std::vector<policy::Policy>& policies);

  private:
    size_t Below(size_t count) { return random_() % count; }
    bool OneIn(size_t count) { return Below(count) == 0; }

    std::string NewName();
    policy::Glob NewGlob();
    policy::Component NewComponent();
    policy::PathPattern NewPattern();
    std::vector<policy::PathPattern> NewPatterns(size_t most);
    policy::NumberRange NewRange();
    policy::Subject NewSubject();
    policy::AddressPrefix NewPrefix();
    std::vector<policy::AddressPrefix> NewPrefixes();
    policy::PathPattern NewText();
    blf_set SomeOf(blf_set operations);
    void AddDetails(policy::Rule* rule);
    void AddTarget(policy::Subject* details);
    policy::Rule NewRule();
    void Close(policy::Policy* policy);
    OracleDetails DetailsFor(const policy::Rule& rule);
    OracleSocket SocketFor(const policy::Rule& rule);

    std::string NameLike(const policy::Component& component);
    OraclePath PathLike(const policy::PathPattern& pattern);
    OraclePath PathFor(const std::vector<policy::PathPattern>& patterns);
    std::vector<OraclePath> NamesFor(const std::vector<policy::PathPattern>& patterns);
    OracleWho Who(const policy::Subject& wanted, const policy::Subject& excepted);
    uint32_t Uid();

    std::mt19937_64 random_;
    std::vector<std::string> names_;
    bool sockets_;
    bool large_;  // many rules: fewer globs and `**`, of which many would not fit into an image
    size_t most_policies_;
    size_t most_rules_;
};

}  // namespace bailiff::decide::testing
