// SPDX-License-Identifier: Apache-2.0
//
// Words for what sockets are: linux/socket.h, linux/net.h, and the protocols' numbers at IANA and
// in linux/in.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace bailiff::policy {

// By AF_*.
std::span<const std::string_view> FamilyWords();
// By SOCK_*; "" where there is none.
std::span<const std::string_view> SocketTypeWords();

std::span<const std::string_view> ProtocolWords();
std::optional<uint32_t> ProtocolByWord(std::string_view word);
// "tcp", or "" for a number without a word.
std::string_view ProtocolWord(uint32_t protocol);

}  // namespace bailiff::policy
