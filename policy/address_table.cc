// SPDX-License-Identifier: Apache-2.0
#include "policy/address_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <span>
#include <tuple>
#include <utility>

namespace bailiff::policy {
namespace {

constexpr uint32_t kStep = 4;        // bits that a branch takes
constexpr uint32_t kRunAtLeast = 8;  // bits worth a run: two branches

struct Labelled {
    const AddressPrefix* prefix;
    uint32_t rule;
};
using Prefixes = std::span<const Labelled>;

uint32_t NibbleAt(const AddressPrefix& prefix, uint32_t depth) {
    return prefix.word[depth / 64] >> (60 - depth % 64) & 15;
}

// How many leading bits two prefixes have in common, at most as many as the shorter one has.
uint32_t CommonBits(const AddressPrefix& a, const AddressPrefix& b) {
    uint32_t common = AddressBits(6);
    for (uint32_t i = 2; i-- > 0;) {
        const uint64_t differs = a.word[i] ^ b.word[i];
        if (differs != 0) common = i * 64 + static_cast<uint32_t>(std::countl_zero(differs));
    }
    return std::min({common, a.length, b.length});
}

class Builder {
  public:
    explicit Builder(AddressTable* table) : table_(*table) {}

    uint32_t SetOf(RuleSet rules) {
        std::ranges::sort(rules);
        rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
        const auto [at, is_new] =
            numbers_.emplace(std::move(rules), static_cast<uint32_t>(table_.sets.size()));
        if (is_new) table_.sets.push_back(at->first);
        return at->second;
    }

    // What these prefixes, sorted and all with the same bits before `depth`, add to `rules`.
    uint32_t LinkOf(Prefixes prefixes, uint32_t depth, const RuleSet& rules) {
        RuleSet all = rules;
        // Shorter ones come first, as far as they have the same bits.
        while (!prefixes.empty() && prefixes.front().prefix->length <= depth) {
            all.push_back(prefixes.front().rule);
            prefixes = prefixes.subspan(1);
        }
        if (prefixes.empty()) return SetOf(std::move(all));
        const uint32_t end = EndOfRun(prefixes);
        return end >= depth + kRunAtLeast ? AddRun(prefixes, depth, end, all)
                                          : AddBranch(prefixes, depth, all);
    }

  private:
    // Where the bits end that all have; a branch begins at a multiple of its bits.
    static uint32_t EndOfRun(Prefixes prefixes) {
        const AddressPrefix& first = *prefixes.front().prefix;
        uint32_t end = CommonBits(first, *prefixes.back().prefix);
        for (const Labelled& one : prefixes) end = std::min(end, one.prefix->length);
        const bool last = std::ranges::all_of(
            prefixes, [&](const Labelled& one) { return one.prefix->length == end; });
        return last ? end : end / kStep * kStep;
    }

    uint32_t AddRun(Prefixes prefixes, uint32_t depth, uint32_t end, const RuleSet& rules) {
        const uint32_t link = NewNode(BLF_ADDRESS_RUN);
        blf_address_run run{};
        for (uint32_t i = 0; i < 2; i++) {
            run.mask[i] = LeadingBits(end, i) & ~LeadingBits(depth, i);
            run.value[i] = prefixes.front().prefix->word[i] & run.mask[i];
        }
        run.otherwise = SetOf(rules);
        run.depth = end;
        run.then = LinkOf(prefixes, end, rules);
        return Put(link, run);
    }

    // A prefix that ends within the step leads on from several places.
    uint32_t AddBranch(Prefixes prefixes, uint32_t depth, const RuleSet& rules) {
        const uint32_t link = NewNode(0);
        blf_address_branch branch{};
        for (uint32_t nibble = 0; nibble < 16; nibble++) {
            RuleSet here = rules;
            std::vector<Labelled> below;
            for (const Labelled& one : prefixes) {
                const uint32_t length = one.prefix->length;
                const uint32_t free = length < depth + kStep ? depth + kStep - length : 0;
                if (NibbleAt(*one.prefix, depth) >> free != nibble >> free) continue;
                if (free > 0) {
                    here.push_back(one.rule);
                } else {
                    below.push_back(one);
                }
            }
            branch.to[nibble] = LinkOf(below, depth + kStep, here);
        }
        const bool decided = std::ranges::all_of(
            branch.to, [&](uint32_t to) { return to == branch.to[0] && !(to & BLF_ADDRESS_NODE); });
        if (!decided) return Put(link, branch);
        table_.nodes.pop_back();  // it is the last: it leads to no other
        return branch.to[0];
    }

    uint32_t NewNode(uint32_t kind) {
        table_.nodes.emplace_back();
        return BLF_ADDRESS_NODE | kind | static_cast<uint32_t>(table_.nodes.size() - 1);
    }

    template <typename Node>
    uint32_t Put(uint32_t link, const Node& node) {
        std::memcpy(&table_.nodes[link & (BLF_ADDRESS_RUN - 1)], &node, sizeof(node));
        return link;
    }

    AddressTable& table_;
    std::map<RuleSet, uint32_t> numbers_;
};

uint32_t Numbered(uint32_t link, const std::function<uint32_t(uint32_t)>& state_of) {
    return link & BLF_ADDRESS_NODE ? link : state_of(link);
}

}  // namespace

AddressTable BuildAddressTable(const std::vector<Policy>& policies) {
    std::array<std::vector<Labelled>, 2> prefixes;
    std::array<RuleSet, 2> every;
    RuleSet none;
    uint32_t number = 0;
    for (const Policy& policy : policies) {
        for (const Rule& rule : policy.rules) {
            const bool anywhere = rule.objects.empty() && rule.addresses.empty();
            if (anywhere && rule.kind != RuleKind::kDefault) none.push_back(number);
            for (const AddressPrefix& prefix : rule.addresses) {
                const size_t version = prefix.version == 6 ? 1 : 0;
                prefixes[version].push_back({&prefix, number});
                every[version].push_back(number);
            }
            number++;
        }
    }
    AddressTable table;
    Builder builder(&table);
    table.none = builder.SetOf(none);
    every[0].insert(every[0].end(), none.begin(), none.end());
    every[1].insert(every[1].end(), every[0].begin(), every[0].end());
    for (size_t version = 0; version < 2; version++) {
        std::ranges::stable_sort(prefixes[version], {}, [](const Labelled& one) {
            return std::tuple(one.prefix->word, one.prefix->length);
        });
        table.root[version] = builder.LinkOf(prefixes[version], 0, none);
        table.every[version] = builder.SetOf(std::move(every[version]));
    }
    return table;
}

void AddressTable::NumberStates(const std::function<uint32_t(uint32_t)>& state_of) {
    std::vector<bool> is_run(nodes.size());
    const auto look = [&](uint32_t link) {
        if (link & BLF_ADDRESS_RUN && link & BLF_ADDRESS_NODE) {
            is_run[link & (BLF_ADDRESS_RUN - 1)] = true;
        }
    };
    for (const uint32_t link : root) look(link);
    // A node comes before those that it leads to.
    for (size_t i = 0; i < nodes.size(); i++) {
        if (is_run[i]) {
            blf_address_run run;
            std::memcpy(&run, &nodes[i], sizeof(run));
            look(run.then);
            run.then = Numbered(run.then, state_of);
            run.otherwise = state_of(run.otherwise);
            std::memcpy(&nodes[i], &run, sizeof(run));
        } else {
            blf_address_branch branch;
            std::memcpy(&branch, &nodes[i], sizeof(branch));
            for (uint32_t& link : branch.to) {
                look(link);
                link = Numbered(link, state_of);
            }
            std::memcpy(&nodes[i], &branch, sizeof(branch));
        }
    }
    for (uint32_t& link : root) link = Numbered(link, state_of);
    for (uint32_t& set : every) set = state_of(set);
    none = state_of(none);
}

}  // namespace bailiff::policy
