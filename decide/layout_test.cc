// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// One table of sizes and offsets (decide/testing/layout.def), three compilers: this one while it
// compiles, C in testing/layout.c, and clang for BPF by what the object's BTF says.
#include "decide/testing/layout.h"

#include <bpf/btf.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "abi/event.h"
#include "abi/file_digest.h"
#include "abi/identify.h"
#include "abi/image.h"
#include "abi/mount_lock.h"
#include "abi/runtime.h"
#include "policy/image_seam.h"
// after the seam
#include "decide/name.h"

namespace bailiff::decide::testing {
namespace {

#define BLF_STRUCT(type, size) static_assert(sizeof(type) == (size));
#define BLF_MEMBER(type, member, offset) static_assert(offsetof(type, member) == (offset));
#include "decide/testing/layout.def"
#undef BLF_STRUCT
#undef BLF_MEMBER

const std::vector<blf_layout_row> kTable = {
#define BLF_STRUCT(type, size) {#type, nullptr, size},
#define BLF_MEMBER(type, member, offset) {#type, #member, offset},
#include "decide/testing/layout.def"
#undef BLF_STRUCT
#undef BLF_MEMBER
};

TEST(Layout, IsTheSameInC) {
    ASSERT_EQ(blf_layout_in_c_count, kTable.size());
    for (size_t i = 0; i < kTable.size(); i++) {
        const blf_layout_row& row = blf_layout_in_c[i];
        EXPECT_EQ(row.number, kTable[i].number)
            << row.type << (row.member ? "." : "") << (row.member ? row.member : "");
    }
}

struct Layout {
    unsigned long size = 0;
    std::map<std::string, unsigned long> members;
};

std::map<std::string, Layout> Expected() {
    std::map<std::string, Layout> layouts;
    for (const blf_layout_row& row : kTable) {
        if (row.member) {
            layouts[row.type].members[row.member] = row.number;
        } else {
            layouts[row.type].size = row.number;
        }
    }
    return layouts;
}

Layout LayoutOf(const btf* types, const btf_type* type) {
    Layout layout{.size = type->size, .members = {}};
    for (__u32 i = 0; i < btf_vlen(type); i++) {
        const std::string name = btf__name_by_offset(types, btf_members(type)[i].name_off);
        layout.members[name] = btf_member_bit_offset(type, i) / 8;
    }
    return layout;
}

// The structs of the table that an object's BTF has, each compared to the last member on both
// sides. Their names.
std::set<std::string> CompareBtf(const char* object) {
    const std::map<std::string, Layout> expected = Expected();
    std::set<std::string> seen;
    const std::unique_ptr<btf, decltype(&btf__free)> types(btf__parse(object, nullptr), btf__free);
    EXPECT_TRUE(types) << "no BTF in " << object;
    for (__u32 id = 1; types && id < btf__type_cnt(types.get()); id++) {
        const btf_type* type = btf__type_by_id(types.get(), id);
        const std::string name = btf__name_by_offset(types.get(), type->name_off);
        if (!btf_is_struct(type) || !expected.contains(name)) continue;
        const Layout layout = LayoutOf(types.get(), type);
        EXPECT_EQ(layout.size, expected.at(name).size) << name;
        EXPECT_EQ(layout.members, expected.at(name).members) << name;
        seen.insert(name);
    }
    return seen;
}

TEST(Layout, IsTheSameInBpf) {
    std::set<std::string> all;
    for (const auto& [name, layout] : Expected()) all.insert(name);
    EXPECT_EQ(CompareBtf(BAILIFF_LAYOUT_OBJECT), all);
}

// BTF keeps of the programs only what lies in a map or crosses a global function.
TEST(Layout, IsTheSameInThePrograms) {
    const std::set<std::string> seen = CompareBtf(BAILIFF_BPF_OBJECT);
    for (const char* name : {"blf_probe", "blf_member", "blf_control"}) {
        EXPECT_TRUE(seen.contains(name)) << name;
    }
}

}  // namespace
}  // namespace bailiff::decide::testing
