// SPDX-License-Identifier: Apache-2.0
//
// The vocabulary in which readers of the language say what they expect of a node. `what` is how a
// message names a map: "the rule"; a value is named by its `key`, and its hint is an example of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/node.h"

namespace bailiff::policy {

enum class MapKind { kPolicy, kDefault, kRule, kSubject, kException, kTest, kRequest };

// The keys that a map of this kind may have, in the order of the manual.
std::span<const std::string_view> KeysOf(MapKind kind);

// True when the node is a map. Keys that its kind does not have are told, and passed over.
bool CheckMap(const Node& node, MapKind kind, std::string_view what, Diagnostics* diagnostics);

// The value of a key that must be there; null when it is not, and told unless the map is
// incomplete.
const Node* Require(const Node& map, std::string_view key, std::string_view what,
                    Diagnostics* diagnostics);

// True when the node is text on one line and not empty; `expected` says what else it should be.
bool CheckScalar(const Node& node, std::string_view key, std::string_view expected,
                 Diagnostics* diagnostics);

// The texts of a node that is one or a list of them, without those that are wrong or repeated.
// Empty when something was told.
std::vector<const Node*> ListOf(const Node& node, std::string_view key, std::string_view expected,
                                Diagnostics* diagnostics);

// The maps of this kind in a node that must be a list of them, without those that are no maps.
std::vector<const Node*> MapsOf(const Node& node, std::string_view key, MapKind kind,
                                Diagnostics* diagnostics);

// Tells an unknown word, with the one of `words` that it was meant to be, or else with `otherwise`.
// `format` is a message with a place for the word.
void TellUnknown(const Node& node, std::string_view format, std::span<const std::string_view> words,
                 std::string otherwise, Diagnostics* diagnostics);

}  // namespace bailiff::policy
