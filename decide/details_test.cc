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
uint64_t DetailsOf(blf_ask ask) {
    uint64_t details = 0;
    const auto look = [&](const auto& selectors) {
        for (const auto& selector : selectors) {
            const blf_set operations = policy::OperationsWith(selector.word);
            if (policy::IsDetail(selector) && (operations & policy::AskOperations()[ask]) != 0) {
                details |= BLF_DIMENSION(selector.dimension);
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
        const uint64_t expected = DetailsOf(ask);
        // A socket has a port, if only 0, where no rule can name one.
        const uint64_t port = BLF_IS_ON_SOCKET(ask) ? BLF_DIMENSION(BLF_BY_PORT) : 0;
        EXPECT_EQ(blf_details_of(ask), expected | port) << "ask " << number;
    }
}

// What passes a detail over, since no operation of the request has it, passes no rule over that
// opens one of them.
TEST(Details, AnAllowHasNoneThatWhatItOpensLacks) {
    const auto details_of = [](blf_set operation) {
        uint64_t details = 0;
        const auto look = [&](const auto& selectors) {
            for (const auto& selector : selectors) {
                const bool has = (policy::OperationsWith(selector.word) & operation) != 0;
                if (policy::IsDetail(selector) && has) details |= BLF_DIMENSION(selector.dimension);
            }
        };
        look(policy::kPathSelectors);
        look(policy::kNumberSelectors);
        return details;
    };
    for (unsigned by = 0; by < BLF_OPERATION_COUNT; by++) {
        const blf_set opened = policy::OpenedBy(blf_set{1} << by);
        for (unsigned id = 0; id < BLF_OPERATION_COUNT; id++) {
            // Sockets all have what sockets have, a port too.
            const blf_set one = blf_set{1} << id;
            if (!(opened >> id & 1) || (one & BLF_SOCKET_OPERATIONS) != 0) continue;
            EXPECT_EQ(details_of(blf_set{1} << by) & ~details_of(one), 0U)
                << policy::OperationWords()[by] << " opens " << policy::OperationWords()[id];
        }
    }
}

}  // namespace
}  // namespace bailiff::decide
