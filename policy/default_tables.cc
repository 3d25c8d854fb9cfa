// SPDX-License-Identifier: Apache-2.0
#include "policy/default_tables.h"

#include "policy/words.h"

namespace bailiff::policy {

DefaultTables MakeDefaultTables(
    const std::vector<Clause>& clauses,
    const std::function<uint32_t(const std::function<bool(size_t)>&)>& vector_where) {
    DefaultTables tables;
    const auto of_kind = [&](RuleKind kind) {
        return vector_where([&clauses, kind](size_t i) { return clauses[i].kind == kind; });
    };
    tables.vectors.allow_vector = of_kind(RuleKind::kAllows);
    tables.vectors.default_vector = of_kind(RuleKind::kDefault);
    blf_set closed = 0;
    for (const Clause& clause : clauses) {
        if (clause.kind == RuleKind::kDefault) closed |= clause.operations;
    }
    for (size_t ask = 0; ask < AskNeeds().size(); ask++) {
        blf_needs needs{};
        size_t next = 0;
        for (blf_set left = AskNeeds()[ask]; left != 0; left &= left - 1) {
            const blf_set one = left & -left;
            needs.vector[next++] = vector_where([&clauses, one](size_t i) {
                return clauses[i].kind != RuleKind::kDenies && (clauses[i].operations & one) != 0;
            });
        }
        tables.needs.push_back(needs);
        if (AskNeeds()[ask] & closed) tables.closed |= BLF_CLOSED_OF(ask);
    }
    return tables;
}

}  // namespace bailiff::policy
