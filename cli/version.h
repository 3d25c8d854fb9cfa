// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace bailiff::cli {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace bailiff::cli
