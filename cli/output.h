// SPDX-License-Identifier: Apache-2.0
//
// Data goes to stdout, messages to stderr.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "nlohmann/json.hpp"

namespace bailiff::cli {

void PrintData(std::string_view text);
void PrintJson(const nlohmann::ordered_json& json);
void PrintMessage(std::string_view text);

// "bailiff: <message>" and below it the remedy; returns the exit code of the error's kind.
int PrintError(const Error& error);

// Words to be seen: coloured on a terminal, unless NO_COLOR is set.
enum class Tone { kGood, kBad, kQuiet };
std::string Toned(Tone tone, std::string_view text);

// "14:02:11" today, "2026-11-23 14:02:11" otherwise, "never" for 0.
std::string ClockTime(uint64_t unix_seconds);

// "1 rule", "2 rules".
std::string Count(uint64_t number, std::string_view noun);

// Each line padded into columns two spaces apart; the last column is not padded.
std::string Table(const std::vector<std::vector<std::string>>& rows, std::string_view indent = "");

}  // namespace bailiff::cli
