/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The states of a socket's address: one for the address that is asked about, and perhaps one for
 * what the kernel takes it for.
 *
 *   - IPv4 in an IPv6 address (::ffff:a.b.c.d) is IPv4.
 *   - A peer at 0.0.0.0 or :: is the host itself: the kernel connects to 127.0.0.1 or ::1, so it
 * has the clauses of both names.
 *   - Of one's own, that is every address: what is denied at one of them is denied there.
 */
#ifndef BAILIFF_DECIDE_ADDRESS_H
#define BAILIFF_DECIDE_ADDRESS_H

#include "decide/blocks.h"

/* As in struct blf_address_run. */
struct blf_address {
    __u64 word[2];
    __u32 version; /* 4 or 6; 0: there is none */
    __u32 pad;
};

struct blf_address_states {
    __u32 given;
    __u32 taken;  /* BLF_DEAD: there is no other name */
    __u32 reason; /* enum blf_reason */
};

/* Of an IPv6 address, a branch each four bits and no run. */
#define BLF_ADDRESS_STEPS 33

struct blf_address_walk {
    BLF_IMAGE image;
    __u64 word[2];
    __u64 link;
    __u64 depth;
    __u32 node_first;
    __u32 pad;
};

static long blf_address_step(__u32 i, struct blf_address_walk* walk) {
    __u64 link = walk->link, depth = walk->depth;
    (void)i;
    if (!(link & BLF_ADDRESS_NODE)) return 1;
    const struct blf_block* block =
        blf_block_at(walk->image, walk->node_first + ((__u32)link & (BLF_ADDRESS_RUN - 1)));
    if (!block) return 1;
    if (link & BLF_ADDRESS_RUN) {
        const struct blf_address_run* run = (const struct blf_address_run*)block;
        __u64 differs = ((walk->word[0] ^ run->value[0]) & run->mask[0]) |
                        ((walk->word[1] ^ run->value[1]) & run->mask[1]);
        walk->link = differs ? run->otherwise : run->then;
        walk->depth = run->depth;
        return 0;
    }
    __u64 word = depth & 64 ? walk->word[1] : walk->word[0];
    __u32 next = (__u32)(word >> (60 - (depth & 60))) & 15;
    BLF_OPAQUE(next);
    walk->link = ((const struct blf_address_branch*)block)->to[next & 15];
    walk->depth = depth + 4;
    return 0;
}

/* BLF_NONE when the image lacks a block, or leads nowhere. */
BLF_INLINE __u32 blf_address_state(BLF_IMAGE image, const struct blf_addresses* table,
                                   const struct blf_address* address) {
    struct blf_address_walk walk = {
        .image = image,
        .word = {address->word[0], address->word[1]},
        .link = BLF_VALUE64(address->version == 6 ? table->root[1] : table->root[0]),
        .depth = BLF_VALUE64(0),
        .node_first = table->node_first,
        .pad = 0,
    };
    BLF_LOOP(BLF_ADDRESS_STEPS + 1, blf_address_step, &walk);
    return walk.link & BLF_ADDRESS_NODE ? BLF_NONE : (__u32)walk.link;
}

BLF_INLINE const struct blf_addresses* blf_address_table(BLF_IMAGE image) {
    return (const struct blf_addresses*)blf_block_at(image, BLF_BLOCK_ADDRESSES);
}

/* ::ffff:a.b.c.d */
BLF_INLINE void blf_plain_address(struct blf_address* address) {
    if (address->version != 6 || address->word[0] || address->word[1] >> 32 != 0xffff) return;
    address->version = 4;
    address->word[0] = address->word[1] << 32;
    address->word[1] = 0;
}

BLF_INLINE __u32 blf_is_any_address(const struct blf_address* address) {
    return !address->word[0] && !address->word[1];
}

BLF_INLINE struct blf_address blf_loopback_of(const struct blf_address* address) {
    __u64 is_4 = address->version == 4;
    struct blf_address loopback = {
        .word = {is_4 * (0x7f000001ULL << 32), 1 - is_4},
        .version = address->version,
        .pad = 0,
    };
    return loopback;
}

/* Is the address that this asks about one of the host's own? */
BLF_INLINE __u32 blf_asks_own_address(__u32 ask) {
    return ask == BLF_ASK_NET_BIND || ask == BLF_ASK_NET_LISTEN || ask == BLF_ASK_NET_ACCEPT;
}

BLF_INLINE void blf_find_address(struct blf_address_states* states, BLF_IMAGE image, __u32 ask,
                                 struct blf_address* address) {
    const struct blf_addresses* table = blf_address_table(image);
    states->given = BLF_DEAD;
    states->taken = BLF_DEAD;
    states->reason = table ? 0 : BLF_REASON_BAD_IMAGE;
    if (!table) return;
    blf_plain_address(address);
    if (!address->version) {
        states->given = table->none;
        return;
    }
    if (blf_is_any_address(address) && blf_asks_own_address(ask)) {
        states->given = address->version == 6 ? table->every[1] : table->every[0];
        return;
    }
    states->given = blf_address_state(image, table, address);
    if (blf_is_any_address(address)) {
        struct blf_address loopback = blf_loopback_of(address);
        states->taken = blf_address_state(image, table, &loopback);
    }
    if (states->given == BLF_NONE || states->taken == BLF_NONE)
        states->reason = BLF_REASON_BAD_IMAGE;
}

#endif
