/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * The image: a compiled set of policies as one run of 64-byte blocks. The compiler writes it
 * (policy/image_writer.h), the kernel reads it out of one frozen map (bpf/), `explain` reads the
 * same bytes (decide/). docs/IMAGE.md is the grammar with an example; this header is its numbers.
 *
 *   block 0     struct blf_root      what every decision reads
 *   block 1..2  struct blf_index     where the rest is
 *   block 3..10 __u32[128]           the operation dimension: ask -> vector
 *   block 11    struct blf_digest
 *   block 12..22 struct blf_dimension, one for each enum blf_by
 *   block 23     struct blf_addresses
 *   block 24     struct blf_defaults
 *   then the sections, each beginning on a block; counters last, so that everything before them
 *   never changes once published.
 *
 * Meaning. A *clause* is one bit; a rule is one clause or several (an `except` with two selectors
 * says "not A or not B", which is two), and rules that differ only in their objects share theirs.
 * Each dimension of a request yields a vector: the clauses that this dimension does not exclude.
 * The verdict is the first bit of the AND of all vectors; bits are laid out enforcing clauses
 * first, auditing ones from block `enforce_blocks` on, each in the order of policy name and text.
 *
 * Defaults. Of each mode's clauses, those that deny come first. From a block of their own on follow
 * the policies that have a default, each with the clauses by which it allows and then with one for
 * the default itself, which denies what it closes where none of those before it matches.
 *
 * Names. An object has a visible path, a canonical one and perhaps a tag (below), each with a
 * state; it has the clauses of all three. What rules may be about that name no place has those of
 * such rules too. An executable has the first two, and the clauses of both:
 * an exception must hold by both names.
 *
 * Sets. A process has several groups, capabilities and ancestors. It has the clauses that ask for
 * none, those that ask for any one of what it has, and of these not the ones that except any one of
 * what it has.
 *
 * Paths. An automaton over components. State 0 is dead: nothing below can match. A literal edge
 * is an entry in one of two buckets; it is taken when its name equals the component byte for byte.
 * States below `sparse_states` may have a glob matcher, asked next, and a default edge, taken last.
 * A state's filter says of nearly every name that no rule is about it, from a few of its bytes. Its
 * `below` is the vector of all clauses that some path through it has: what a directory that is
 * moved takes along.
 *
 * Addresses. A socket's object is the address that is asked about, and a prefix that a rule names
 * is a state like that of a path, with the clauses of all rules that have it or name none. An
 * address is known by its leading bits: from a root over nodes that take four bits each, or compare
 * a run of bits, down to a state.
 *
 * All numbers are in the machine's byte order; an image never leaves the machine it was made for.
 */
#ifndef BAILIFF_ABI_IMAGE_H
#define BAILIFF_ABI_IMAGE_H

#include "abi/limits.h"
#include "abi/operation.h"
#include "abi/subject.h"
#include "abi/types.h"

#define BLF_IMAGE_MAGIC 0x46494c42u /* "BLIF" */
#define BLF_IMAGE_VERSION 10u

struct blf_block {
    __u64 word[8];
};

/* All that a request which no rule touches reads. */
struct blf_root {
    __u64 generation; /* 0: the empty image that stands before the first policy */
    __u64 used;       /* BLF_DIMENSION() of those that some clause asks for */

    __u32 bucket_first;  /* block of the first bucket; a bucket is a block */
    __u32 bucket_count;  /* at least 1 */
    __u32 state_first;   /* block of the states, struct blf_state */
    __u32 sparse_states; /* states below this number may have a glob or default edge */
    __u32 name_first;    /* block of the names; names are indexed by word from there */

    __u32 vector_first;   /* block of vector 0 */
    __u16 vector_blocks;  /* blocks a vector, 1 to BLF_BITS_MAX / 512 */
    __u16 enforce_blocks; /* of a vector: these enforce, the rest audits */
    __u32 object_root;    /* state at the root of a mount namespace, for objects */

    __u32 object_lost; /* state at the root of a tree that no path leads to */
    __u32 tag_first;   /* block of the tags */
    __u32 tag_blocks;  /* a power of two, or 0: no file is tagged */
    __u32 closed;      /* enum blf_closed, a bit each: some policy's default is about these */
};

/* What the programs read lies in the first of its two blocks. */
struct blf_index {
    __u32 magic;
    __u32 version;
    __u32 below_first; /* __u32: a vector, for each state that has a filter */
    __u32 all_vector;  /* every clause: what a dimension that cannot be told yields */

    __u32 clause_first; /* struct blf_clause, one a bit */
    __u32 source_first; /* struct blf_source lists, ended by BLF_NONE */
    __u32 glob_first;   /* struct blf_glob; number 0 is unused */
    __u32 target_first; /* __u32: the states that globs lead to */

    __u32 counter_first; /* see below */
    __u32 policy_count;
    __u32 filter_first; /* __u64: decide/filter.h */
    __u32 filter_count; /* the states from this number on have 0 */

    __u32 lineage_first;  /* struct blf_lineages; the vector of a state of the lineage is an index
                             here, 0 being none */
    __u32 lineage_lists;  /* struct blf_lineage_list, by bit; if there is any list,
                             BLF_LINEAGES_MAX of them */
    __u64 lineage_newest; /* the largest `since` of them */

    __u32 blocks; /* of the whole image */
    __u32 rule_count;
    __u32 policy_first; /* struct blf_policy */
    __u32 rule_first;   /* struct blf_rule */
    __u32 text_first;   /* NUL-ended strings, for people; indexed by byte */
    __u32 union_first;  /* state: the first one made for tags, see policy/tags.h */
    __u32 pad[10];
};

struct blf_digest {
    __u8 sha256[32];  /* of all blocks before counter_first, with generation and these bytes as 0 */
    __u32 link_first; /* struct blf_link */
    __u32 link_count;
    __u8 pad[24];
};

/* Where addresses lead, for IPv4 and for IPv6. A link is a state, or BLF_ADDRESS_NODE and the
 * number of a node, of a run with BLF_ADDRESS_RUN. */
struct blf_addresses {
    __u32 node_first; /* block of the nodes */
    __u32 root[2];    /* link */
    __u32 every[2];   /* state: all that some address of this version has; of IPv6, of both */
    __u32 none;       /* state of what has no address, and of what is at no place: the rules that
                         name none */
    __u32 pad[10];
};
#define BLF_ADDRESS_NODE (1u << 31)
#define BLF_ADDRESS_RUN (1u << 30)

/* By the next four bits. */
struct blf_address_branch {
    __u32 to[16]; /* link */
};

/* By several at once. An address is two words, its first byte the highest of the first one; one of
 * IPv4 has its 32 bits at the upper end. */
struct blf_address_run {
    __u64 mask[2];
    __u64 value[2];
    __u32 then;      /* link, where the bits under the mask are these; the next bit is `depth` */
    __u32 otherwise; /* state */
    __u32 depth;
    __u32 pad[5];
};

/* See "Defaults" above. */
struct blf_defaults {
    __u32 need_first;     /* struct blf_needs, by ask */
    __u32 allow_vector;   /* every clause that allows */
    __u32 default_vector; /* every clause that is a default */
    __u32 first[2]; /* by mode: the block of a vector with which its clauses of these kinds begin */
    __u32 pad[11];
};

#define BLF_BLOCK_ROOT 0
#define BLF_BLOCK_INDEX 1
#define BLF_BLOCK_ASKS 3
#define BLF_BLOCK_DIGEST 11
#define BLF_BLOCK_WHO 12
#define BLF_BLOCK_ADDRESSES 23
#define BLF_BLOCK_DEFAULTS 24
#define BLF_BLOCK_SECTIONS 25
#define BLF_ASKS_MAX 128

#define BLF_DEAD 0u
#define BLF_NONE 0xffffffffu

/* Four a bucket. `tag` is the upper half of the component's hash; empty entries have to == 0. In
 * the first entry of a bucket `name` also says whether the search ends there. */
struct blf_edge {
    __u32 tag;
    __u32 from;
    __u32 to;
    __u32 name; /* index by word into the names, and BLF_EDGE_ELSEWHERE */
};
/* Some edge whose first bucket is this one lies in its second. */
#define BLF_EDGE_ELSEWHERE (1u << 31)

struct blf_state {
    __u32 vector;
    __u32 sources;    /* index of the first struct blf_source, or BLF_NONE */
    __u32 default_to; /* state, or BLF_DEAD */
    __u32 glob;       /* number of its struct blf_glob, or 0 */
};

/* A set of globs as one automaton over bytes: next = table[state * classes + class_of[byte]],
 * beginning in state 0; after the last byte accept[state] is 0 (no glob matches) or n, and the
 * target is targets[target_first + n - 1]. */
struct blf_glob {
    __u32 class_of; /* block of 256 __u8 */
    __u32 classes;
    __u32 table;  /* block of __u16[] */
    __u32 accept; /* block of __u16[] */
    __u32 target; /* index into the targets */
    __u32 states; /* rows of the table */
    __u32 pad[2];
};

/* A file that a rule names literally, known by its inode whatever its name: links made earlier,
 * other spellings. In its home block (decide/tag.h) or in one of the BLF_TAG_REACH - 1 behind it,
 * around the end of the table. An empty record has state BLF_DEAD. */
struct blf_tag {
    __u64 inode;      /* i_ino */
    __u32 device;     /* s_dev */
    __u32 generation; /* i_generation: an inode number that is used again has another */
    __u32 state;      /* as if it were met under the name that the rule has */
    __u32 pad[3];
};
#define BLF_TAG_REACH 4

/* One of block BLF_BLOCK_WHO. */
struct blf_dimension {
    __u32 first;          /* paths: the state at the root; numbers: block of struct blf_number */
    __u32 second;         /* paths: the state at the root of a tree that no path leads to;
                             numbers: how many, at least 1 */
    __u32 none_vector;    /* of no path at all (state 0); of the empty set */
    __u32 unknown_vector; /* what is left where it cannot be told: all but what allows by it */
};

/* Lists of programs that a path is in, a bit each. A program is in what either of its names is
 * in; in a list that excepts, only if both are: whoever mounts can give it another visible one. */
struct blf_lineages {
    __u64 governing;
    __u64 excepting;
};

/* What a task was told to descend from stays true under the next image, as far as that has the same
 * lists under the same bits: policy/lineages.cc sees to it when publishing. */
struct blf_lineage_list {
    __u64 key;   /* of its text; 0: there is no such list */
    __u64 since; /* the generation from which on the bit means this list */
};

/* Sorted, the first from 0 on; of BLF_BY_ANCESTORS one for each bit. */
struct blf_number {
    __u32 first;   /* these vectors hold from here to the next entry */
    __u32 vector;  /* of one number: what it leaves; of a set: what asks for it */
    __u32 without; /* of a set: what excepts it */
    __u32 pad;
};

struct blf_clause {
    __u64 operations[2]; /* a blf_set, low word first: the only one with those that have a path */
    __u32 policy;
    __u32 error; /* a positive errno; 0: it allows */
    __u32 rule;  /* of a default; BLF_NONE: the object's states tell */
    __u32 pad;
};

/* What has to be allowed, each of them, where defaults are about a request: vectors of the clauses
 * that allow it, and of the defaults that deny it. 0: nothing. */
struct blf_needs {
    __u32 vector[BLF_NEEDS_MAX];
};

/* Which rule gave a state this clause; lists are sorted by clause. */
struct blf_source {
    __u32 clause;
    __u32 rule;
};

#define BLF_MODE_ENFORCE 0u
#define BLF_MODE_AUDIT 1u

struct blf_policy {
    __u32 name; /* text */
    __u32 description;
    __u32 mode;
    __u32 rules;
};

struct blf_rule {
    __u32 policy;
    __u32 number; /* within its policy, from 1 */
    __u32 file;   /* text */
    __u32 line;
    __u16 error;
    __u16 clauses; /* how many, from `clause` on, at least one */
    __u32 clause;
    __u32 verdict; /* BLF_RULE_DENIES… */
    __u32 pad;
};
#define BLF_RULE_DENIES 0u
#define BLF_RULE_ALLOWS 1u
#define BLF_RULE_DEFAULT 2u /* the policy's default, its last rule */

/* A symbolic link that a rule's text goes through. Decides nothing: the patterns of the place it
 * led to are in the automaton. For telling that it changed. */
struct blf_link {
    __u32 policy;
    __u32 rule;     /* BLF_NONE: of the policy's applies-to */
    __u32 spelling; /* text: the link's path as the rule spells it */
    __u32 target;   /* text: where it led when the policy was compiled */
};

/* From counter_first on, written by the programs with atomic additions: BLF_REASON_BLOCKS blocks of
 * __u64 by reason, then one struct blf_tally a policy, then one a rule. */
#define BLF_REASON_BLOCKS 2

struct blf_tally {
    __u64 denied;
    __u64 would_deny; /* matched in audit mode */
    __u64 undecidable;
    __u64 pad;
};

BLF_STATIC_ASSERT(sizeof(struct blf_block) == 64, "a block is a cache line");
BLF_STATIC_ASSERT(sizeof(struct blf_root) == 64, "the root is one block");
BLF_STATIC_ASSERT(sizeof(struct blf_index) == 128, "the index is two blocks");
BLF_STATIC_ASSERT(sizeof(struct blf_digest) == 64, "the digest is one block");
BLF_STATIC_ASSERT(sizeof(struct blf_addresses) == 64, "one block");
BLF_STATIC_ASSERT(sizeof(struct blf_address_branch) == 64, "one block");
BLF_STATIC_ASSERT(sizeof(struct blf_address_run) == 64, "one block");
BLF_STATIC_ASSERT(sizeof(struct blf_edge) == 16, "four a bucket");
BLF_STATIC_ASSERT(sizeof(struct blf_state) == 16, "four a block");
BLF_STATIC_ASSERT(sizeof(struct blf_glob) == 32, "two a block");
BLF_STATIC_ASSERT(sizeof(struct blf_tag) == 32, "two a block");
BLF_STATIC_ASSERT(sizeof(struct blf_dimension) == 16, "four a block");
BLF_STATIC_ASSERT(sizeof(struct blf_number) == 16, "four a block");
BLF_STATIC_ASSERT(sizeof(struct blf_lineages) == 16, "four a block");
BLF_STATIC_ASSERT(sizeof(struct blf_lineage_list) == 16, "four a block");
BLF_STATIC_ASSERT((BLF_DIMENSIONS + 3) / 4 == BLF_BLOCK_ADDRESSES - BLF_BLOCK_WHO,
                  "four dimensions a block");
BLF_STATIC_ASSERT(BLF_DIMENSIONS <= 64, "the dimensions are bits of a __u64");
BLF_STATIC_ASSERT(sizeof(struct blf_defaults) == 64, "one block");
BLF_STATIC_ASSERT(sizeof(struct blf_needs) == 8, "eight a block");
BLF_STATIC_ASSERT(sizeof(struct blf_clause) == 32, "two a block");
BLF_STATIC_ASSERT(sizeof(struct blf_source) == 8, "eight a block");
BLF_STATIC_ASSERT(sizeof(struct blf_policy) == 16, "four a block");
BLF_STATIC_ASSERT(sizeof(struct blf_rule) == 32, "two a block");
BLF_STATIC_ASSERT(sizeof(struct blf_link) == 16, "four a block");
BLF_STATIC_ASSERT(sizeof(struct blf_tally) == 32, "two a block");
BLF_STATIC_ASSERT(BLF_ASK_COUNT <= BLF_ASKS_MAX, "the asks have eight blocks");
BLF_STATIC_ASSERT(BLF_REASON_COUNT <= BLF_REASON_BLOCKS * 8, "the reasons have two blocks");

#endif
