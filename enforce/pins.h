// SPDX-License-Identifier: Apache-2.0
//
// Where enforcement lives while no process of ours does: pins in bpffs. A directory of pins is a
// *deployment*: the maps, and a link for each hook. It is committed by renaming the whole
// directory, so there is always one complete deployment under kDirectory or none. (bpffs refuses
// names with a dot.)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bailiff::enforce {

inline constexpr std::string_view kBpffs = "/sys/fs/bpf";
inline constexpr std::string_view kDirectory = "/sys/fs/bpf/bailiff";
// Under construction, or replaced and about to be removed. Whoever holds the lock may remove it.
inline constexpr std::string_view kStaging = "/sys/fs/bpf/bailiff_staging";

// A directory of pins for each run (enforce/run.h).
inline constexpr std::string_view kRuns = "/sys/fs/bpf/bailiff_runs";

// Directories that begin so exist for a moment only.
inline constexpr std::string_view kProbe = "/sys/fs/bpf/bailiff_proof";

inline std::string PinPath(std::string_view directory, std::string_view name) {
    return std::string(directory) + "/" + std::string(name);
}

inline std::string LinkPinName(std::string_view hook) {
    return "link_" + std::string(hook);
}

// Is there such a directory? Fails where it cannot be told (no permission).
Result<bool> PinsExist(std::string_view directory);

// The names of what is in the directory; none when it is not there.
Result<std::vector<std::string>> ListPins(std::string_view directory);

// Those below kRuns.
Result<std::vector<std::string>> RunDirectories();

// Removes every pin in the directory, links first, and the directory. Fine when there is none.
Status RemovePins(std::string_view directory);

// Makes `staging` the directory `final`, in one step. What stood there before stands at staging
// afterwards, or nothing.
Status CommitPins(std::string_view staging, std::string_view final);

// A directory in the BPF file system is made, moves, and goes: for the programs that take notice of
// moves. False with errno when it could not.
bool MoveDirectory();

}  // namespace bailiff::enforce
