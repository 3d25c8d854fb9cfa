// SPDX-License-Identifier: Apache-2.0
//
// One case: policies in force, files, and every request over them; the kernel's answer beside the
// engine's in userspace and the oracle's, and what the kernel counted for each rule, denied and
// audited, beside the sum of what the oracle said.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "decide/testing/oracle.h"
#include "enforce/deployment.h"
#include "enforce/image_map.h"
#include "tests/vm/programs/differential/askers.h"
#include "tests/vm/programs/differential/file_tree.h"

namespace bailiff::differential {

using decide::testing::OracleRequest;
using decide::testing::OracleWho;

// The file system the cases lie in, and the program that executables are made of, in it.
inline constexpr char kPlace[] = "/tmp/differential";
inline constexpr char kProgram[] = "/tmp/differential/asker";

struct Case {
    std::string title;
    std::string directory;  // below kPlace: paths that are not lost begin here
    std::vector<policy::Policy> policies;
    std::vector<OraclePath> objects;
    std::vector<OraclePath> exes;  // not more than a few: each is a process
    std::vector<uint32_t> uids;
    std::vector<blf_ask> asks;
};

struct Tally {
    uint64_t cases = 0;
    uint64_t refused = 0;  // policies that no image has room for
    uint64_t requests = 0;
    uint64_t denied = 0;
    uint64_t audited = 0;
    uint64_t lost = 0;
    uint64_t explained = 0;
    uint64_t wrong = 0;
};

class Comparison {
  public:
    // Brings the programs into force.
    static Result<Comparison> Create();

    // Prints what differs.
    Status Compare(const Case& given);
    const Tally& tally() const { return tally_; }

  private:
    struct Target {
        OraclePath path;
        Node node;
        uint32_t text;
    };

    Comparison(enforce::Deployment deployment, Questions questions, OracleWho ours)
        : deployment_(std::move(deployment)),
          questions_(std::move(questions)),
          ours_(std::move(ours)) {}
    OracleWho WhoAsks(const OraclePath& exe, uint32_t uid) const;
    Result<std::vector<Target>> Prepare(const Case& given, FileTree* tree);
    Status Ask(const Case& given, const FileTree& tree, const std::vector<Target>& targets,
               policy::Image image);
    Result<enforce::ImageMap> Publish(policy::Image image);
    void JudgeCounters(const Case& given, const policy::ImageView& image);
    void Judge(const Case& given, const policy::ImageView& image, const OracleRequest& request,
               int answer);

    enforce::Deployment deployment_;
    Questions questions_;
    OracleWho ours_;
    std::vector<OracleRequest> requests_;  // as many as there are questions
    std::vector<blf_tally> counted_;       // by the kernel, a rule each
    std::map<std::pair<std::string, uint32_t>, blf_tally> expected_;  // by policy and number
    Tally tally_;
};

}  // namespace bailiff::differential
