/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Who asks, and the details of what is asked, sifted once for a request: the clauses that no
 * dimension of the process excludes, as one vector.
 *
 *   who = AND over the dimensions of (any & ~none)
 *
 * A dimension that is a path has in `any` the clauses of both its names, and nothing in `none`. A
 * set has in `any` what asks for none or for one of its members, in `none` what excepts one of
 * them. What could not be told excludes nothing that denies, and all that allows by it: what could
 * have applied, denies.
 *
 * Besides decide/blocks.h the includer defines
 *
 *   static __u32 blf_group_at(__u64 groups, __u32 index)   one of a process's supplementary groups
 *
 * where `groups` is what it put into struct blf_subject.
 */
#ifndef BAILIFF_DECIDE_WHO_H
#define BAILIFF_DECIDE_WHO_H

#include "decide/blocks.h"

#define BLF_SUBJECT_NAMES 2 /* a visible and a canonical one */
#define BLF_WHO_WORDS (BLF_BITS_MAX / 64)

/* What a process has several of. */
struct blf_sets {
    __u32 gid;         /* effective */
    __u32 group_count; /* of the supplementary ones */
    __u64 groups;
    __u64 capabilities; /* a bit each */
    __u64 ancestors;    /* lists of patterns, a bit each; so of the script */
    __u64 scripts;
};

struct blf_subject {
    __u32 path[BLF_PATH_DIMENSIONS][BLF_SUBJECT_NAMES]; /* states; BLF_DEAD: there is no path */
    __u32 value[BLF_VALUES];                            /* by dimension, less BLF_AUTOMATA */
    __u32 reason[BLF_DIMENSIONS]; /* enum blf_reason: 0, or why it could not be told */
    struct blf_sets own;
    struct blf_sets target; /* of the process that is asked about */
    __u64 mount_flags;      /* a bit each; of the request */
    __u64 passed_over;      /* BLF_DIMENSION() of those that the request does not have */
};

struct blf_who {
    __u64 word[BLF_WHO_WORDS];
    __u32 reason; /* enum blf_reason: 0, or why some dimension could not be told */
    __u32 pad;
};

/* Scratch memory, too large for a BPF stack. */
struct blf_sift {
    struct blf_who who;
    __u64 any[BLF_WHO_WORDS];
    __u64 none[BLF_WHO_WORDS];
};

BLF_INLINE __u32 blf_path_vector(BLF_IMAGE image, const struct blf_root* root, __u32 state) {
    const struct blf_state* record =
        (const struct blf_state*)blf_record16(image, root->state_first, state);
    return record ? record->vector : BLF_NONE;
}

BLF_INLINE const struct blf_dimension* blf_dimension_of(BLF_IMAGE image, __u32 by) {
    return (const struct blf_dimension*)blf_record16(image, BLF_BLOCK_WHO, by);
}

/* The number of the lowest bit set, counted without branches: each would double what a verifier has
 * to follow. */
BLF_INLINE __u32 blf_lowest_bit(__u64 word) {
    __u64 below = ~word & (word - 1);
    below -= (below >> 1) & 0x5555555555555555ULL;
    below = (below & 0x3333333333333333ULL) + ((below >> 2) & 0x3333333333333333ULL);
    below = (below + (below >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
    return (__u32)((below * 0x0101010101010101ULL) >> 56);
}

struct blf_number_search {
    BLF_IMAGE image;
    __u32 first; /* block of the table */
    __u32 number;
    __u32 low; /* entries below are not above the number, entries from `high` on are */
    __u32 high;
    __u64 entry; /* the last one that is not above it */
};

static long blf_number_step(__u32 i, struct blf_number_search* search) {
    __u32 low = search->low, high = search->high;
    (void)i;
    if (low >= high) return 1;
    __u32 middle = low + (high - low) / 2;
    const struct blf_number* entry =
        (const struct blf_number*)blf_record16(search->image, search->first, middle);
    if (!entry) return 1;
    if (entry->first <= search->number) {
        search->entry = BLF_VALUE64(middle);
        search->low = middle + 1;
    } else {
        search->high = middle;
    }
    return 0;
}

/* The entry under which a number falls. 32 halvings cover any table. */
BLF_INLINE const struct blf_number* blf_find_number(BLF_IMAGE image,
                                                    const struct blf_dimension* table,
                                                    __u32 number) {
    struct blf_number_search search = {
        .image = image,
        .first = table->first,
        .number = number,
        .low = BLF_VALUE(0),
        .high = table->second,
        .entry = BLF_VALUE64(0),
    };
    BLF_LOOP(32, blf_number_step, &search);
    return (const struct blf_number*)blf_record16(image, table->first, (__u32)search.entry);
}

BLF_INLINE void blf_sift_fail(struct blf_sift* sift) {
    sift->who.reason = BLF_REASON_BAD_IMAGE;
}

/* |= one vector. */
struct blf_vector_copy {
    BLF_IMAGE image;
    __u64* to;
    __u32 first;
    __u32 blocks;
    __u64 broken;
};

static long blf_vector_step(__u32 b, struct blf_vector_copy* copy) {
    if (b >= copy->blocks || b >= BLF_WHO_WORDS / 8) return 1;
    const struct blf_block* block = blf_block_at(copy->image, copy->first + b);
    if (!block) {
        copy->broken = BLF_VALUE64(1);
        return 1;
    }
    __u64* to = &copy->to[(b & (BLF_WHO_WORDS / 8 - 1)) * 8];
    for (__u32 w = 0; w < 8; w++) to[w] |= block->word[w];
    return 0;
}

BLF_INLINE __u32 blf_add_vector(__u64* to, BLF_IMAGE image, const struct blf_root* root,
                                __u32 vector) {
    struct blf_vector_copy copy = {
        .image = image,
        .to = to,
        .first = root->vector_first + vector * root->vector_blocks,
        .blocks = root->vector_blocks,
        .broken = BLF_VALUE64(0),
    };
    /* BLF_NONE, where an entry was missing, would name another section. */
    if (vector >= BLF_BLOCKS_MAX) return 0;
    BLF_LOOP(BLF_WHO_WORDS / 8, blf_vector_step, &copy);
    return !copy.broken;
}

/* As many words as the vectors of the image have: most have a quarter of what there is room for. */
BLF_INLINE void blf_sift_begin(struct blf_sift* sift, const struct blf_root* root) {
    for (__u32 b = 0; b < BLF_WHO_WORDS / 8; b++) {
        if (b >= root->vector_blocks) break;
        for (__u32 w = 8 * b; w < 8 * b + 8; w++) {
            sift->who.word[w] = ~0ULL;
            sift->any[w] = 0;
            sift->none[w] = 0;
        }
    }
    sift->who.reason = 0;
}

/* What the dimension that is complete now leaves, and ready for the next one. */
BLF_INLINE void blf_sift_end(struct blf_sift* sift, const struct blf_root* root) {
    for (__u32 b = 0; b < BLF_WHO_WORDS / 8; b++) {
        if (b >= root->vector_blocks) break;
        for (__u32 w = 8 * b; w < 8 * b + 8; w++) {
            sift->who.word[w] &= sift->any[w] & ~sift->none[w];
            sift->any[w] = 0;
            sift->none[w] = 0;
        }
    }
}

/* One dimension after the other, one member after the other. */
struct blf_sifting {
    BLF_IMAGE image;
    const struct blf_root* root;
    const struct blf_subject* subject;
    struct blf_sift* sift;
    __u64 by;     /* enum blf_by */
    __u64 member; /* how many of its members were taken; 0: it has not begun */
    __u64 left;   /* of a set of bits: those not taken yet */
};

#define BLF_GROUPS_MAX 65536 /* NGROUPS_MAX */
#define BLF_SIFT_STEPS (2 * BLF_DIMENSIONS + 7 * 64 + BLF_VALUES + 2 * (BLF_GROUPS_MAX + 1))

/* No number has this many bits. */
#define BLF_NO_MEMBER (1ULL << 32)

BLF_INLINE __u64 blf_next_group(const struct blf_sets* sets, __u64 at) {
    if (!at) return sets->gid;
    if (at > sets->group_count) return BLF_NO_MEMBER;
    return blf_group_at(sets->groups, (__u32)at - 1);
}

/* The next member of the dimension, a number, or BLF_NO_MEMBER. */
BLF_INLINE __u64 blf_next_member(struct blf_sifting* s) {
    const struct blf_subject* subject = s->subject;
    __u64 by = s->by, at = s->member - 1, left = s->left;
    if (by < BLF_VALUES_END) {
        __u32 value = (__u32)by - BLF_AUTOMATA;
        if (at || value >= BLF_VALUES) return BLF_NO_MEMBER;
        return subject->value[value];
    }
    if (by == BLF_BY_GID) return blf_next_group(&subject->own, at);
    if (by == BLF_BY_TARGET_GID) return blf_next_group(&subject->target, at);
    if (!left) return BLF_NO_MEMBER;
    s->left = left & (left - 1);
    return blf_lowest_bit(left);
}

BLF_INLINE __u32 blf_path_dimension_vector(const struct blf_sifting* s,
                                           const struct blf_dimension* dimension, __u32 state) {
    return state == BLF_DEAD ? dimension->none_vector : blf_path_vector(s->image, s->root, state);
}

/* Returns 0 when the image lacks what is asked for. */
BLF_INLINE __u32 blf_sift_path(struct blf_sifting* s, const struct blf_dimension* dimension) {
    __u32 by = (__u32)s->by;
    if (by >= BLF_PATH_DIMENSIONS) return 0;
    __u32 visible = s->subject->path[by][0], canonical = s->subject->path[by][1];
    return blf_add_vector(s->sift->any, s->image, s->root,
                          blf_path_dimension_vector(s, dimension, visible)) &&
           blf_add_vector(s->sift->any, s->image, s->root,
                          blf_path_dimension_vector(s, dimension, canonical));
}

BLF_INLINE __u32 blf_sift_member(struct blf_sifting* s, const struct blf_dimension* dimension,
                                 __u32 number) {
    const struct blf_number* entry = blf_find_number(s->image, dimension, number);
    return entry && blf_add_vector(s->sift->any, s->image, s->root, entry->vector) &&
           blf_add_vector(s->sift->none, s->image, s->root, entry->without);
}

BLF_INLINE __u64 blf_members_of(const struct blf_subject* subject, __u32 by) {
    if (by == BLF_BY_CAPABILITY) return subject->own.capabilities;
    if (by == BLF_BY_MOUNT_FLAG) return subject->mount_flags;
    if (by == BLF_BY_ANCESTORS) return subject->own.ancestors;
    if (by == BLF_BY_SCRIPT) return subject->own.scripts;
    if (by == BLF_BY_TARGET_CAPABILITY) return subject->target.capabilities;
    return by == BLF_BY_TARGET_ANCESTORS ? subject->target.ancestors : subject->target.scripts;
}

/* Begins the dimension. Returns 0 when the image lacks what is asked for. */
BLF_INLINE __u32 blf_sift_dimension(struct blf_sifting* s, const struct blf_dimension* dimension) {
    __u32 by = (__u32)s->by;
    if (by >= BLF_DIMENSIONS) return 0;
    __u32 reason = s->subject->reason[by];
    if (reason && !s->sift->who.reason) s->sift->who.reason = reason;
    if (!reason && by >= BLF_AUTOMATA) {
        s->member = BLF_VALUE64(1);
        s->left = blf_members_of(s->subject, by);
        return by < BLF_VALUES_END ||
               blf_add_vector(s->sift->any, s->image, s->root, dimension->none_vector);
    }
    if (reason) {
        if (!blf_add_vector(s->sift->any, s->image, s->root, dimension->unknown_vector)) return 0;
    } else if (!blf_sift_path(s, dimension)) {
        return 0;
    }
    blf_sift_end(s->sift, s->root);
    s->by = by + 1;
    return 1;
}

/* From this one on, the first that some clause asks for; or BLF_DIMENSIONS. */
BLF_INLINE __u64 blf_next_dimension(const struct blf_sifting* s) {
    __u64 wanted = s->root->used & ~s->subject->passed_over & ~BLF_DIMENSION(BLF_BY_LINEAGE);
    __u64 left = wanted >> (s->by & 63);
    return left ? s->by + blf_lowest_bit(left) : (__u64)BLF_DIMENSIONS;
}

static long blf_sift_step(__u32 i, struct blf_sifting* s) {
    (void)i;
    if (s->by >= BLF_DIMENSIONS) return 1;
    if (!s->member) s->by = blf_next_dimension(s);
    __u64 by = s->by;
    if (by >= BLF_DIMENSIONS) return 1;
    const struct blf_dimension* dimension = blf_dimension_of(s->image, (__u32)by);
    __u32 good = dimension != NULL;
    if (good && !s->member) {
        good = blf_sift_dimension(s, dimension);
    } else if (good) {
        __u64 number = blf_next_member(s);
        if (number == BLF_NO_MEMBER) {
            blf_sift_end(s->sift, s->root);
            s->member = BLF_VALUE64(0);
            s->by = by + 1;
        } else {
            good = blf_sift_member(s, dimension, (__u32)number);
            s->member = s->member + 1;
        }
    }
    if (good) return 0;
    blf_sift_fail(s->sift);
    s->by = BLF_VALUE64(BLF_DIMENSIONS);
    return 1;
}

/* The clauses of the process, into sift->who. Of an image that lacks a block nothing can be told:
 * the reason is BLF_REASON_BAD_IMAGE. */
BLF_INLINE void blf_sift_subject(struct blf_sift* sift, BLF_IMAGE image,
                                 const struct blf_root* root, const struct blf_subject* subject) {
    struct blf_sifting sifting = {
        .image = image,
        .root = root,
        .subject = subject,
        .sift = sift,
        .by = BLF_VALUE64(0),
        .member = BLF_VALUE64(0),
        .left = BLF_VALUE64(0),
    };
    blf_sift_begin(sift, root);
    BLF_LOOP(BLF_SIFT_STEPS, blf_sift_step, &sifting);
    if (sifting.by < BLF_DIMENSIONS) blf_sift_fail(sift);
}

#endif
