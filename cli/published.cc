// SPDX-License-Identifier: Apache-2.0
#include "cli/published.h"

#include "cli/diagnostics.h"
#include "cli/exit_code.h"
#include "cli/policy_files.h"
#include "enforce/state.h"

namespace bailiff::cli {
namespace {

int WithPublished(bool json, const ImageWork& work) {
    Result<std::optional<enforce::State>> state = enforce::ReadState();
    if (!state) return PrintError(state.error(), json);
    if (*state) return work((*state)->image.view(), Json::object());
    return PrintError({ErrorKind::kUsage, "no policy file was given, and nothing is enforced",
                       "name policy files, or apply some first"},
                      json);
}

}  // namespace

int WithImage(const std::vector<std::string>& files, Links links, bool json,
              const ImageWork& work) {
    if (files.empty()) return WithPublished(json, work);
    Result<Compiled> compiled = CompileFiles(files, links);
    if (!compiled) return PrintError(compiled.error(), json);
    if (!compiled->image) return PrintInvalid(*compiled, json);
    if (!json) {
        PrintMessage(compiled->diagnostics.Render(compiled->sources, DiagnosticColours()));
    }
    return work(compiled->image->view(), {{"diagnostics", DiagnosticsJson(*compiled)}});
}

}  // namespace bailiff::cli
