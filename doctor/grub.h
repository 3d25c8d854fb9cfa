// SPDX-License-Identifier: Apache-2.0
//
// GRUB as Debian and Ubuntu set it up. update-grub sources /etc/default/grub and then, in the order
// of their names, /etc/default/grub.d/*.cfg; an ordinary entry boots with
// "$GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT", a recovery entry with the first alone. The
// kernel obeys the last `lsm=`, so ours goes to the end of GRUB_CMDLINE_LINUX_DEFAULT: it wins over
// any in either variable, and recovery entries stay the way back to the list of today.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bailiff::doctor {

constexpr std::string_view kGrubDropIn = "/etc/default/grub.d/90-bailiff.cfg";

// The one line that matters, without its end.
std::string DropInLine(std::string_view lsm_value);

// What the file is to hold: `old` as it is, but for the one line that is ours, now last.
std::string DropInWith(std::string_view old, std::string_view lsm_value);

struct GrubSurvey {
    std::vector<std::string> notes;      // settings that ours overrides
    std::vector<std::string> conflicts;  // settings, read after ours, that would undo it
};

// What the settings below `root`, other than our own file, say about LSMs. Read line by line, not
// run: what shell code hides from this is found in grub.cfg, once update-grub has written it.
GrubSurvey SurveyGrub(const std::string& root);

// The entries of a grub.cfg that boot a Linux kernel.
struct GrubEntries {
    std::string first;  // command line of the first, which boots unless someone chose otherwise
    unsigned total = 0;
};
GrubEntries ParseGrubConfig(std::string_view text);

}  // namespace bailiff::doctor
