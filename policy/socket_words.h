// SPDX-License-Identifier: Apache-2.0
//
// Words for what sockets are: linux/socket.h, linux/net.h, and the protocols' numbers at IANA and
// in linux/in.h.
#pragma once

#include <span>
#include <string_view>

#include "policy/numbered_word.h"

namespace bailiff::policy {

// By AF_*.
std::span<const std::string_view> FamilyWords();
// By SOCK_*; "" where there is none.
std::span<const std::string_view> SocketTypeWords();

std::span<const NumberedWord> Protocols();

}  // namespace bailiff::policy
