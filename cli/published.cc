// SPDX-License-Identifier: Apache-2.0
#include "cli/published.h"

#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "enforce/state.h"

namespace bailiff::cli {

int WithImage(const std::vector<std::string>& files, Links links,
              const std::function<int(const policy::ImageView&)>& work) {
    if (files.empty()) {
        Result<std::optional<enforce::State>> state = enforce::ReadState();
        if (!state) return PrintError(state.error());
        if (*state) return work((*state)->image.view());
        PrintMessage("Nothing is enforced, and no policy file was given.\n");
        return kUsage;
    }
    Result<Compiled> compiled = CompileFiles(files, links);
    if (!compiled) return PrintError(compiled.error());
    PrintMessage(compiled->diagnostics.Render(compiled->sources));
    return compiled->image ? work(compiled->image->view()) : kInvalid;
}

}  // namespace bailiff::cli
