// SPDX-License-Identifier: Apache-2.0
//
// Text to model: the first half of the compiler. Pure; reads nothing but its arguments.
#pragma once

#include <vector>

#include "policy/accounts.h"
#include "policy/diagnostic.h"
#include "policy/model.h"
#include "policy/source.h"

namespace bailiff::policy {

// All policies of all sources, in their order. Whatever is wrong is added to `diagnostics`; when it
// then has errors, what is returned must not be compiled.
std::vector<Policy> ReadPolicies(const Sources& sources, const Accounts& accounts,
                                 Diagnostics* diagnostics);

}  // namespace bailiff::policy
