// SPDX-License-Identifier: Apache-2.0
//
// Text to model: the first half of the compiler. Pure; reads nothing but its arguments.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/model.h"
#include "policy/source.h"

namespace bailiff::policy {

// The number of a named user, or nothing if there is no such user.
using UserLookup = std::function<std::optional<uint32_t>(std::string_view name)>;

// All policies of all sources, in their order. Whatever is wrong is added to `diagnostics`; when it
// then has errors, what is returned must not be compiled.
std::vector<Policy> ReadPolicies(const Sources& sources, const UserLookup& users,
                                 Diagnostics* diagnostics);

}  // namespace bailiff::policy
