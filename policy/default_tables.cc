// SPDX-License-Identifier: Apache-2.0
#include "policy/default_tables.h"

#include "policy/words.h"

namespace bailiff::policy {

namespace {

// These stay as they are until the next exec, but for the user, whom the programs compare.
bool DependsOnProgramAlone(const Subject& who) {
    Subject rest = who;
    rest.exe.clear();
    rest.exe_sha256.clear();
    rest.uid.clear();
    return rest.empty();
}

}  // namespace

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
    bool by_program = true;
    for (const Clause& clause : clauses) {
        if (clause.kind != RuleKind::kDefault) continue;
        closed |= clause.operations;
        by_program = by_program && DependsOnProgramAlone(*clause.of);
    }
    if (closed != 0 && by_program) tables.closed |= BLF_CLOSED_BY_PROGRAM;
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
