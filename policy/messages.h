// SPDX-License-Identifier: Apache-2.0
//
// The texts of all diagnostics, as fmt format strings.
#pragma once

#include <string_view>

namespace bailiff::policy::message {

#define POLICY_MESSAGE(name, format) inline constexpr char name[] = format;
#include "policy/messages.def"
#undef POLICY_MESSAGE

struct Row {
    std::string_view name;
    std::string_view format;
};

inline constexpr Row kAll[] = {
#define POLICY_MESSAGE(name, format) {#name, format},
#include "policy/messages.def"
#undef POLICY_MESSAGE
};

}  // namespace bailiff::policy::message
