// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace bailiff::cli {

// What was wrong with a command line that could not be parsed, in our words: which word of it, and
// the option that was probably meant.
Error UsageError(const CLI::App& app, const CLI::ParseError& error);

}  // namespace bailiff::cli
