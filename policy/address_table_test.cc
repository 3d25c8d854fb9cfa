// SPDX-License-Identifier: Apache-2.0
//
// Many prefixes; few, and everything else about sockets, are decide/decision_random_test.cc.
#include "policy/address_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "policy/compile.h"
#include "policy/explain.h"

namespace bailiff::policy {
namespace {

AddressPrefix Cut(AddressPrefix prefix, uint32_t length) {
    for (uint32_t bit = length; bit < 128; bit++) {
        prefix.word[bit / 64] &= ~(uint64_t{1} << (63 - bit % 64));
    }
    prefix.length = length;
    return prefix;
}

class Drawn {
  public:
    Drawn(uint32_t version, uint64_t seed) : version_(version), random_(seed) {}

    AddressPrefix Address() {
        AddressPrefix address;
        address.version = version_;
        // A quarter of all IPv6, as the internet has it.
        address.word = {version_ == 4 ? random_() << 32 : random_() >> 2,
                        version_ == 4 ? 0 : random_()};
        return Cut(address, AddressBits(version_));
    }
    AddressPrefix Prefix() {
        const uint32_t bits = AddressBits(version_);
        return Cut(Address(), 8 + static_cast<uint32_t>(random_() % (bits - 7)));
    }

  private:
    uint32_t version_;
    std::mt19937_64 random_;
};

Policy About(std::vector<AddressPrefix> prefixes) {
    Rule rule;
    rule.operations = BLF_BIT(NET_CONNECT);
    rule.error = 1;
    rule.addresses = std::move(prefixes);
    Policy policy;
    policy.name = "many";
    policy.rules = {std::move(rule)};
    return policy;
}

bool Denies(const Image& image, const AddressPrefix& address) {
    const auto said =
        Explain(image.view(), RequestOf(BLF_ASK_NET_CONNECT, AddressText(address), Asker{}));
    EXPECT_TRUE(said);
    return said && said->error != 0;
}

void CompareWithOneByOne(uint32_t version) {
    Drawn drawn(version, version);
    std::vector<AddressPrefix> prefixes;
    for (int i = 0; i < 3000; i++) prefixes.push_back(drawn.Prefix());
    Diagnostics diagnostics;
    const auto image = Compile({About(prefixes)}, {{"model", ""}}, &diagnostics);
    ASSERT_TRUE(image);
    int denied = 0;
    for (size_t i = 0; i < 6000; i++) {
        AddressPrefix address = drawn.Address();
        if (i < prefixes.size()) {  // the first one of a prefix, and the one before it
            address.word = prefixes[i].word;
            if (i % 2 == 1) address.word[0] -= uint64_t{1} << 32;
        }
        const bool expected = std::ranges::any_of(
            prefixes, [&](const AddressPrefix& prefix) { return Contains(prefix, address); });
        ASSERT_EQ(Denies(*image, address), expected) << AddressText(address);
        denied += expected ? 1 : 0;
    }
    EXPECT_GT(denied, 1000);
    EXPECT_LT(denied, 5000);
}

TEST(AddressTable, AnswersAsOnePrefixAfterTheOtherIPv4) {
    CompareWithOneByOne(4);
}

TEST(AddressTable, AnswersAsOnePrefixAfterTheOtherIPv6) {
    CompareWithOneByOne(6);
}

// A hundred thousand prefixes of IPv6, each of 128 bits, share little: 20 MiB of nodes, not 180.
TEST(AddressTable, NodesAreFew) {
    Drawn drawn(6, 1);
    std::vector<AddressPrefix> prefixes;
    for (int i = 0; i < 100'000; i++) prefixes.push_back(drawn.Address());
    const AddressTable table = BuildAddressTable({About(std::move(prefixes))});
    EXPECT_LT(table.nodes.size() * sizeof(blf_block), size_t{20} << 20);
}

TEST(Address, Texts) {
    EXPECT_EQ(AddressText(*AddressOf("::ffff:10.0.0.1")), "10.0.0.1");
    EXPECT_EQ(AddressText(*AddressOf("2001:DB8::0")), "2001:db8::");
    EXPECT_FALSE(AddressOf("10.0.0.0/8"));
    EXPECT_FALSE(AddressOf("localhost"));
    EXPECT_FALSE(AddressOf("010.0.0.1"));
}

}  // namespace
}  // namespace bailiff::policy
