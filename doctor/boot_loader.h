// SPDX-License-Identifier: Apache-2.0
//
// Which boot loader passes the kernel its command line, told by the files it leaves.
#pragma once

#include <string>
#include <string_view>

namespace bailiff::doctor {

enum class Loader {
    kGrubDebian,   // update-grub, and a grub-mkconfig that reads /etc/default/grub.d/*.cfg
    kGrubOther,    // grub-mkconfig without that directory
    kGrubby,       // Fedora, RHEL: one file a boot entry, changed by grubby
    kSystemdBoot,  // /etc/kernel/cmdline, kernel-install
    kUnknown,
};

struct BootLoader {
    Loader kind = Loader::kUnknown;
    std::string evidence;  // the file that told, or what is missing; empty when there is nothing
};

// Reads below `root` only. What the firmware says of this very boot outweighs files on the disk:
// many machines carry the files of a boot loader they no longer use.
BootLoader FindBootLoader(const std::string& root);

// As a person calls it.
std::string_view NameOf(Loader kind);

}  // namespace bailiff::doctor
