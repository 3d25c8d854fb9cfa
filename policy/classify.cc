// SPDX-License-Identifier: Apache-2.0
#include "policy/classify.h"

#include <cstring>

#include "policy/image_seam.h"
// after the seam
#include "decide/transition.h"

namespace bailiff::policy {

Result<std::vector<std::string>> SplitPath(std::string_view path) {
    if (!path.starts_with('/')) {
        return Fail(ErrorKind::kUsage, "`" + std::string(path) + "` is not an absolute path");
    }
    std::vector<std::string> components;
    while (!path.empty()) {
        path.remove_prefix(1);
        std::string_view component = path.substr(0, path.find('/'));
        path.remove_prefix(component.size());
        if (component == "..") {
            return Fail(ErrorKind::kUsage, "`..` in a path can only be resolved on a file system",
                        "give the path that the file has");
        }
        if (!component.empty() && component != ".") components.emplace_back(component);
    }
    return components;
}

PathClass Step(const ImageView& image, uint32_t from, std::string_view component) {
    if (component.size() > BLF_NAME_MAX) return {BLF_DEAD, BLF_REASON_TOO_LONG};
    blf_transition t{};
    t.state = from;
    blf_name name{};
    std::memcpy(name.word, component.data(), component.size());
    blf_transition_begin(&t, static_cast<uint32_t>(component.size()));
    while (t.mode != BLF_MODE_DONE) blf_transition_step(&t, &image, &image.root(), &name);
    if (t.reason) return {BLF_DEAD, t.reason};
    return {t.state, 0};
}

PathClass Classify(const ImageView& image, uint32_t start,
                   const std::vector<std::string>& components) {
    if (components.size() > BLF_DEPTH_MAX) return {BLF_DEAD, BLF_REASON_TOO_DEEP};
    PathClass at{start, 0};
    for (const std::string& component : components) {
        at = Step(image, at.state, component);
        if (at.state == BLF_DEAD) break;
    }
    return at;
}

}  // namespace bailiff::policy
