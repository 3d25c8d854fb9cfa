// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/published.h"
#include "policy/dump_image.h"

namespace bailiff::cli {

Work DeclareShow(CLI::App* app) {
    struct Options {
        std::vector<std::string> files;
        bool resolve = false;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    app->add_option("FILE", options->files, "Policy files; without any, what is in force");
    app->add_flag("--resolve", options->resolve, kResolveHelp);
    app->add_flag("--json", options->json, "As JSON");
    return [options] {
        return WithImage(options->files, LinksFor(options->resolve),
                         [&](const policy::ImageView& image) {
                             if (options->json) {
                                 PrintJson(policy::DumpImage(image));
                             } else {
                                 PrintData(policy::DumpImageText(image));
                             }
                             return static_cast<int>(kOk);
                         });
    };
}

}  // namespace bailiff::cli
