// SPDX-License-Identifier: Apache-2.0
#include "doctor/boot_loader.h"

#include <array>
#include <filesystem>
#include <optional>

#include "base/file.h"

namespace bailiff::doctor {
namespace {

// The first of these that exists below `root`.
template <typename Paths>
std::optional<std::string> FirstOf(const std::string& root, const Paths& paths) {
    for (std::string_view path : paths) {
        std::error_code ignored;
        std::string whole = root + std::string(path);
        if (std::filesystem::exists(whole, ignored)) return std::string(path);
    }
    return std::nullopt;
}

// https://systemd.io/BOOT_LOADER_INTERFACE: the loader's name in UTF-16, after four bytes of
// attributes. GRUB writes none, or its own name.
constexpr std::string_view kLoaderInfo =
    "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

bool FirmwareSaysSystemdBoot(const std::string& root) {
    auto info = ReadFile(root + std::string(kLoaderInfo), 4096);
    if (!info) return false;
    std::string name;
    for (size_t i = 4; i < info->size(); i += 2) name += (*info)[i];
    return name.starts_with("systemd-boot");
}

constexpr auto kGrubbyPaths = std::to_array<std::string_view>({"/usr/sbin/grubby", "/sbin/grubby"});
constexpr auto kUpdateGrub =
    std::to_array<std::string_view>({"/usr/sbin/update-grub", "/sbin/update-grub"});
constexpr auto kMakeConfig = std::to_array<std::string_view>(
    {"/usr/sbin/grub-mkconfig", "/usr/bin/grub-mkconfig", "/usr/sbin/grub2-mkconfig"});
constexpr auto kSystemdBootPaths =
    std::to_array<std::string_view>({"/boot/efi/loader/loader.conf", "/efi/loader/loader.conf",
                                     "/boot/loader/loader.conf", "/etc/kernel/cmdline"});

// Debian's patch to grub-mkconfig; upstream's reads /etc/default/grub alone.
bool ReadsDropIns(const std::string& root, const std::string& make_config) {
    auto script = ReadFile(root + make_config);
    return script && script->contains("/default/grub.d/");
}

bool HasGrubDefaults(const std::string& root) {
    std::error_code ignored;
    return std::filesystem::exists(root + "/etc/default/grub", ignored);
}

std::optional<BootLoader> FindGrub(const std::string& root) {
    if (!HasGrubDefaults(root)) return std::nullopt;
    auto make_config = FirstOf(root, kMakeConfig);
    if (!make_config) return std::nullopt;
    bool debian = FirstOf(root, kUpdateGrub) && ReadsDropIns(root, *make_config);
    return BootLoader{debian ? Loader::kGrubDebian : Loader::kGrubOther, "/etc/default/grub"};
}

}  // namespace

BootLoader FindBootLoader(const std::string& root) {
    if (FirmwareSaysSystemdBoot(root)) return {Loader::kSystemdBoot, std::string(kLoaderInfo)};
    if (auto grubby = FirstOf(root, kGrubbyPaths)) return {Loader::kGrubby, *grubby};
    if (auto grub = FindGrub(root)) return *grub;
    if (auto file = FirstOf(root, kSystemdBootPaths)) return {Loader::kSystemdBoot, *file};
    if (!HasGrubDefaults(root)) return {};
    return {Loader::kUnknown, "/etc/default/grub is there, grub-mkconfig is not"};
}

std::string_view NameOf(Loader kind) {
    switch (kind) {
        case Loader::kGrubDebian:
        case Loader::kGrubOther:
            return "GRUB";
        case Loader::kGrubby:
            return "GRUB, managed by grubby";
        case Loader::kSystemdBoot:
            return "systemd-boot";
        case Loader::kUnknown:
            break;
    }
    return "unknown";
}

}  // namespace bailiff::doctor
