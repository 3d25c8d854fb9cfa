// SPDX-License-Identifier: Apache-2.0
//
// Texts that tests compare to the character, as files. After a wanted change run the test with
// BAILIFF_UPDATE_GOLDEN=1 and review the difference.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace bailiff::golden {

inline bool Updating() {
    return std::getenv("BAILIFF_UPDATE_GOLDEN") != nullptr;
}

inline std::string ReadWhole(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The file says `actual`, and is there.
inline void Expect(const std::filesystem::path& path, const std::string& actual) {
    if (Updating()) std::ofstream(path, std::ios::binary) << actual;
    EXPECT_TRUE(std::filesystem::exists(path)) << path;
    EXPECT_EQ(actual, ReadWhole(path)) << path;
}

}  // namespace bailiff::golden
