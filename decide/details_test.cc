// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// decide/details.h says of each request what abi/details.def says of its operations.
#include "decide/details.h"

#include <gtest/gtest.h>

#include "policy/model.h"
#include "policy/words.h"

namespace bailiff::decide {
namespace {

// The details of which the table gives some operation of the request.
uint32_t DetailsOf(blf_ask ask) {
    uint32_t details = 0;
    const auto look = [&](const auto& selectors) {
        for (const auto& selector : selectors) {
            const blf_set operations = policy::OperationsWith(selector.word);
            if (policy::IsDetail(selector) && (operations & policy::AskOperations()[ask]) != 0) {
                details |= 1U << selector.dimension;
            }
        }
    };
    look(policy::kPathSelectors);
    look(policy::kNumberSelectors);
    return details;
}

TEST(Details, AreThoseOfTheTable) {
    for (uint32_t number = 0; number < BLF_ASK_COUNT; number++) {
        const auto ask = static_cast<blf_ask>(number);
        const uint32_t expected = DetailsOf(ask);
        // A socket has a port, if only 0, where no rule can name one.
        const uint32_t port = BLF_IS_ON_SOCKET(ask) ? 1U << BLF_BY_PORT : 0;
        EXPECT_EQ(blf_details_of(ask), expected | port) << "ask " << number;
    }
}

}  // namespace
}  // namespace bailiff::decide
