// SPDX-License-Identifier: Apache-2.0
//
// What an image says of the defaults of policies (struct blf_defaults), but for where things lie.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "abi/image.h"
#include "policy/clauses.h"

namespace bailiff::policy {

struct DefaultTables {
    blf_defaults vectors{};        // its vectors alone
    std::vector<blf_needs> needs;  // by ask
    uint32_t closed = 0;           // enum blf_closed
};

// `vector_where`: the number of the vector of those clauses, by index, for which it is true.
DefaultTables MakeDefaultTables(
    const std::vector<Clause>& clauses,
    const std::function<uint32_t(const std::function<bool(size_t)>&)>& vector_where);

}  // namespace bailiff::policy
