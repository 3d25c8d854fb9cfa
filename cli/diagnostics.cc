// SPDX-License-Identifier: Apache-2.0
#include "cli/diagnostics.h"

#include <algorithm>
#include <tuple>

#include "cli/exit_code.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

bool IsError(const policy::Diagnostic& diagnostic) {
    return diagnostic.severity == policy::Severity::kError;
}

}  // namespace

Json DiagnosticsJson(const Compiled& compiled) {
    std::vector<policy::Diagnostic> sorted = compiled.diagnostics.list();
    std::ranges::stable_sort(sorted, {}, [](const policy::Diagnostic& diagnostic) {
        const policy::Span& where = diagnostic.where;
        return std::tuple(where.file, where.line, where.column);
    });
    Json list = Json::array();
    for (const policy::Diagnostic& diagnostic : sorted) {
        bool known = diagnostic.where.file < compiled.sources.size();
        list.push_back({{"severity", IsError(diagnostic) ? "error" : "warning"},
                        {"file", known ? compiled.sources[diagnostic.where.file].name : ""},
                        {"line", diagnostic.where.line},
                        {"column", diagnostic.where.column},
                        {"message", diagnostic.message},
                        {"hint", diagnostic.hint}});
    }
    return list;
}

int PrintInvalid(const Compiled& compiled, bool json, std::string_view conclusion) {
    if (json) {
        auto errors = std::ranges::count_if(compiled.diagnostics.list(), IsError);
        Error error{ErrorKind::kPolicy,
                    fmt::format("the policy has {}", Count(static_cast<uint64_t>(errors), "error")),
                    "the diagnostics say where and what"};
        return PrintError(error, true,
                          {{"valid", false}, {"diagnostics", DiagnosticsJson(compiled)}});
    }
    PrintMessage(compiled.diagnostics.Render(compiled.sources));
    PrintMessage(conclusion);
    return kInvalid;
}

}  // namespace bailiff::cli
