// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace bailiff::policy {

// The number that a name has on this machine, or nothing if there is no such name.
using NameLookup = std::function<std::optional<uint32_t>(std::string_view name)>;

// Users and groups by name. Anything that looks users up is one that knows no group.
struct Accounts {
    template <typename User>
        requires std::invocable<User, std::string_view>
    // NOLINTNEXTLINE(google-explicit-constructor)
    Accounts(User users) : user(std::move(users)), group([](auto) { return std::nullopt; }) {}
    Accounts(NameLookup users, NameLookup groups)
        : user(std::move(users)), group(std::move(groups)) {}

    NameLookup user;
    NameLookup group;
};

}  // namespace bailiff::policy
