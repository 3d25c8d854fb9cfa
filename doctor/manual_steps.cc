// SPDX-License-Identifier: Apache-2.0
#include "doctor/manual_steps.h"

#include <fmt/format.h>

#include <filesystem>
#include <regex>

#include "base/file.h"
#include "doctor/lsm_list.h"

namespace bailiff::doctor {
namespace {

using Steps = std::vector<std::string>;

bool Exists(const ManualRequest& request, const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(request.root + path, ignored);
}

Steps ForGrubby(const ManualRequest& request) {
    bool set = LastParameter(request.command_line, "lsm").has_value();
    return {fmt::format("sudo grubby --update-kernel=ALL {}--args=\"lsm={}\"",
                        set ? "--remove-args=\"lsm\" " : "", request.lsm),
            "sudo reboot"};
}

Steps ForOtherGrub(const ManualRequest& request) {
    bool second = Exists(request, "/boot/grub2");
    return {fmt::format("in /etc/default/grub, at the end of GRUB_CMDLINE_LINUX_DEFAULT: lsm={}",
                        request.lsm),
            second ? "sudo grub2-mkconfig -o /boot/grub2/grub.cfg"
                   : "sudo grub-mkconfig -o /boot/grub/grub.cfg",
            "sudo reboot"};
}

// kernel-install copies /etc/kernel/cmdline into each entry and, where it is missing, the command
// line of the running kernel without what the boot loader added.
Steps ForSystemdBoot(const ManualRequest& request) {
    auto file = ReadFile(request.root + "/etc/kernel/cmdline");
    static const std::regex kAdded(R"((^|\s)(BOOT_IMAGE|initrd)=\S*)");
    std::string line = file ? *file : std::regex_replace(request.command_line, kAdded, "");
    std::string image = "/boot/vmlinuz-" + request.release;
    if (!Exists(request, image)) image = "/usr/lib/modules/" + request.release + "/vmlinuz";
    return {"make this the one line of /etc/kernel/cmdline:", WithLsm(line, request.lsm),
            fmt::format("sudo kernel-install add {} {}", request.release, image),
            "and the same for every other kernel that is to boot with it", "sudo reboot"};
}

Steps ForAny(const ManualRequest& request) {
    return {fmt::format("have whatever boots this machine pass the kernel: lsm={}", request.lsm),
            "in place of an lsm= that is there, and before a lone `--`", "reboot"};
}

}  // namespace

std::vector<std::string> ManualSteps(const ManualRequest& request) {
    switch (request.loader) {
        case Loader::kGrubby:
            return ForGrubby(request);
        case Loader::kGrubOther:
            return ForOtherGrub(request);
        case Loader::kSystemdBoot:
            return ForSystemdBoot(request);
        case Loader::kGrubDebian:
        case Loader::kUnknown:
            break;
    }
    return ForAny(request);
}

}  // namespace bailiff::doctor
