// SPDX-License-Identifier: Apache-2.0
#include "enforce/own_place.h"

#include <fcntl.h>

#include <filesystem>
#include <system_error>

#include "base/fd.h"
#include "enforce/identify.h"

namespace bailiff::enforce {

Result<blf_own_place> FindOwnPlace() {
    std::error_code failed;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failed);
    if (failed) return FailErrno("cannot tell where bailiff lies", failed.value());
    if (self.filename() != "bailiff") return blf_own_place{};
    const Fd directory(open(self.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory) return FailErrno(self.parent_path().string());
    Identifier identifier;
    const auto files = TRY(identifier.OpenFiles());
    const auto found = files.find(static_cast<uint32_t>(directory.get()));
    if (found == files.end()) {
        return Fail(ErrorKind::kSystem, "the kernel does not tell which directory bailiff lies in");
    }
    const blf_identity& file = found->second.file;
    return blf_own_place{.inode = file.inode, .device = file.device, .generation = file.generation};
}

}  // namespace bailiff::enforce
