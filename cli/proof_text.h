// SPDX-License-Identifier: Apache-2.0
//
// A proof, hook by hook, for `apply` and `verify`.
#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "enforce/proof.h"

namespace bailiff::cli {

// [{"hook", "proved", "nobody_can", "found"}]
inline Json ProofJson(const enforce::Proof& proof) {
    Json list = Json::array();
    for (const enforce::HookProof& hook : proof.hooks) {
        list.push_back({{"hook", hook.hook},
                        {"proved", hook.proved},
                        {"nobody_can", hook.nobody_can},
                        {"found", hook.found}});
    }
    return list;
}

// For Table().
inline std::vector<std::vector<std::string>> ProofRows(const enforce::Proof& proof) {
    std::vector<std::vector<std::string>> rows;
    for (const enforce::HookProof& hook : proof.hooks) {
        const std::string word = hook.proved       ? Toned(Tone::kGood, "proved")
                                 : hook.nobody_can ? Toned(Tone::kDoubtful, "off   ")
                                                   : Toned(Tone::kBad, "NOT   ");
        rows.push_back({word, hook.hook, hook.found});
    }
    return rows;
}

}  // namespace bailiff::cli
