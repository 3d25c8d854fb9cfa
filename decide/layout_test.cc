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

#include "abi/image.h"
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

class BtfOfTheObject : public ::testing::Test {
  protected:
    void SetUp() override {
        types_.reset(btf__parse(BAILIFF_BPF_OBJECT, nullptr));
        ASSERT_TRUE(types_) << "no BTF in " << BAILIFF_BPF_OBJECT;
    }
    std::unique_ptr<btf, decltype(&btf__free)> types_{nullptr, &btf__free};
};

// Every struct that the programs use and the table knows, to the last member on both sides.
TEST_F(BtfOfTheObject, AgreesWithTheTable) {
    const std::map<std::string, Layout> expected = Expected();
    std::set<std::string> missing = {"blf_root", "blf_index", "blf_state",   "blf_edge",
                                     "blf_task", "blf_probe", "blf_control", "blf_clause"};
    for (__u32 id = 1; id < btf__type_cnt(types_.get()); id++) {
        const btf_type* type = btf__type_by_id(types_.get(), id);
        const std::string name = btf__name_by_offset(types_.get(), type->name_off);
        if (!btf_is_struct(type) || !expected.contains(name)) continue;
        const Layout layout = LayoutOf(types_.get(), type);
        EXPECT_EQ(layout.size, expected.at(name).size) << name;
        EXPECT_EQ(layout.members, expected.at(name).members) << name;
        missing.erase(name);
    }
    EXPECT_EQ(missing, std::set<std::string>{}) << "not in the object's BTF";
}

}  // namespace
}  // namespace bailiff::decide::testing
