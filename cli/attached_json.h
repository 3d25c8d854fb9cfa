// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cli/output.h"
#include "enforce/attached.h"

namespace bailiff::cli {

// [{"program", "program_id", "link_id"}]
inline Json AttachedJson(const std::vector<enforce::AttachedProgram>& attached) {
    Json list = Json::array();
    for (const enforce::AttachedProgram& one : attached) {
        list.push_back(
            {{"program", one.program}, {"program_id", one.program_id}, {"link_id", one.link_id}});
    }
    return list;
}

}  // namespace bailiff::cli
