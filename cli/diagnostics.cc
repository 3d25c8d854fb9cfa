// SPDX-License-Identifier: Apache-2.0
#include "cli/diagnostics.h"

#include <algorithm>
#include <tuple>

#include "cli/exit_code.h"
#include "fmt/format.h"

namespace bailiff::cli {
namespace {

constexpr const char* kError = "error";

Json ToJson(const policy::Diagnostics& diagnostics, const policy::Sources& sources) {
    std::vector<policy::Diagnostic> sorted = diagnostics.list();
    std::ranges::stable_sort(sorted, {}, [](const policy::Diagnostic& diagnostic) {
        const policy::Span& where = diagnostic.where;
        return std::tuple(where.file, where.line, where.column);
    });
    Json list = Json::array();
    for (const policy::Diagnostic& diagnostic : sorted) {
        bool known = diagnostic.where.file < sources.size();
        bool error = diagnostic.severity == policy::Severity::kError;
        list.push_back({{"severity", error ? kError : "warning"},
                        {"file", known ? sources[diagnostic.where.file].name : ""},
                        {"line", diagnostic.where.line},
                        {"column", diagnostic.where.column},
                        {"message", diagnostic.message},
                        {"hint", diagnostic.hint}});
    }
    return list;
}

}  // namespace

void Telling::Tell(const policy::Diagnostics& diagnostics, const policy::Sources& sources) {
    for (Json& diagnostic : ToJson(diagnostics, sources)) list_.push_back(std::move(diagnostic));
    if (!json_) PrintMessage(diagnostics.Render(sources, DiagnosticColours()));
}

Json DiagnosticsJson(const Compiled& compiled) {
    return ToJson(compiled.diagnostics, compiled.sources);
}

int PrintInvalid(const Compiled& compiled, bool json, std::string_view conclusion, Json rest) {
    Telling told(json);
    told.Tell(compiled.diagnostics, compiled.sources);
    return PrintInvalid(told, conclusion, std::move(rest));
}

int PrintInvalid(const Telling& told, std::string_view conclusion, Json rest) {
    if (!told.json()) {
        PrintMessage(conclusion);
        return kInvalid;
    }
    auto errors = static_cast<size_t>(std::ranges::count_if(
        told.list(), [](const Json& diagnostic) { return diagnostic["severity"] == kError; }));
    // None: warnings that are taken for errors.
    std::string found = errors != 0 ? Count(errors, "error") : Count(told.list().size(), "warning");
    rest["valid"] = false;
    rest["diagnostics"] = told.list();
    return PrintError(
        {ErrorKind::kPolicy, found + " in the files", "the diagnostics say where and what"}, true,
        std::move(rest));
}

}  // namespace bailiff::cli
