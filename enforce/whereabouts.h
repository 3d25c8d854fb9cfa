// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bailiff::enforce {

// What keeps these links alive while their pins are not to be seen, as far as this process can see:
// one line a finding, with what to do about it. Never empty. `root` goes before /proc, for tests.
std::vector<std::string> Whereabouts(const std::vector<uint32_t>& links,
                                     const std::string& root = {});

}  // namespace bailiff::enforce
