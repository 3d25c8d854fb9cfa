// SPDX-License-Identifier: Apache-2.0
//
// Data goes to stdout, messages to stderr. With --json everything that is said, errors too, is one
// object on stdout.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "nlohmann/json.hpp"
#include "policy/diagnostic.h"

namespace bailiff::cli {

using Json = nlohmann::ordered_json;

void PrintData(std::string_view text);
void PrintJson(const Json& json);
void PrintMessage(std::string_view text);

// {"kind", "message", "remedy", "exit"}
Json ErrorJson(const Error& error);

// "bailiff: <message>" and below it the remedy, control characters as escapes; as JSON {"error": …}
// and what `rest` holds beside it. Returns the exit code of the error's kind.
int PrintError(const Error& error, bool json, Json rest = Json::object());

// Whatever was written to stdout has arrived there, or else it is told and is kInternal: an answer
// that nobody could read must not count as given.
int FlushOutput(int exit_code);

// Makes sure that nothing we open takes the place of a standard stream that is closed: output to a
// closed one fails, input from it is empty.
void HoldStandardStreams();

// Words to be seen: coloured where stdout is a terminal, unless NO_COLOR is set or TERM is dumb.
enum class Tone { kGood, kDoubtful, kBad, kQuiet };
std::string Toned(Tone tone, std::string_view text);

// The same of diagnostics, for stderr.
policy::Colours DiagnosticColours();

// "14:02:11" today, "2026-11-23 14:02:11" otherwise, "never" for 0.
std::string ClockTime(uint64_t unix_seconds);

// "1 rule", "2 rules".
std::string Count(uint64_t number, std::string_view noun);

// Each line padded into columns two spaces apart; the last column is not padded.
std::string Table(const std::vector<std::vector<std::string>>& rows, std::string_view indent = "");

}  // namespace bailiff::cli
