// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "policy/path_automaton.h"

namespace bailiff::policy {

// One line a state: its names, globs (by what matches), other names, and the labels it accepts.
std::string DumpAutomaton(const PathAutomaton& automaton);

}  // namespace bailiff::policy
