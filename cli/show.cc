// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/policy_files.h"
#include "cli/published.h"
#include "policy/dump_image.h"

namespace bailiff::cli {

Work DeclareShow(Arguments arguments) {
    struct Options {
        std::vector<std::string> files;
        bool resolve = false;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    arguments.Values("FILE", &options->files, kFilesOrPublishedHelp);
    arguments.Flag("--resolve", &options->resolve, kResolveHelp);
    arguments.Flag("--json", &options->json, "One JSON object on stdout");
    arguments.Footer(
        "Policies, rules with their places, and the automata they became; its digest is what\n"
        "`status` shows of what is in force. Files need no privilege; without any, run as root.\n"
        "\n"
        "  bailiff show keep.yaml\n"
        "  diff <(bailiff show new.yaml) <(sudo bailiff show)\n"
        "\n"
        "Exit codes: 0 shown, 2 nothing to show, 3 cannot tell, 4 no privilege, 5 policy invalid.");
    return [options] {
        return WithImage(options->files, LinksFor(options->resolve), options->json,
                         [&](const policy::ImageView& image, const Json& told) {
                             if (options->json) {
                                 Json json = policy::DumpImage(image);
                                 json.update(told);
                                 PrintJson(json);
                             } else {
                                 PrintData(policy::DumpImageText(image));
                             }
                             return static_cast<int>(kOk);
                         });
    };
}

}  // namespace bailiff::cli
