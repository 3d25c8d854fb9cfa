// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// A decision without a kernel around it: the last component of a path, from the state of its
// directory, through the decide/ that the LSM programs have. A classifier, which BPF_PROG_TEST_RUN
// can repeat on any machine; it is attached to nothing and no packet meets it.
#include "bpf/kernel.h"
// after kernel.h, which has the types they need
#include <bpf/bpf_helpers.h>

#include "bench/decision/question.h"

volatile __u32 blf_zero32;
volatile __u64 blf_zero64;

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct blf_block);
} image SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct bench_question);
} question SEC(".maps");

#define BLF_IMAGE void*
#define BLF_KNOWS_DEFAULTS 0
BLF_INLINE const struct blf_block* blf_block_at(BLF_IMAGE map, __u32 index) {
    return bpf_map_lookup_elem(map, &index);
}
// nobody is sifted: it is the object that is measured
BLF_INLINE __u32 blf_group_at(__u64 groups, __u32 index) {
    return 0;
}
// after the seam
#include "decide/transition.h"
#include "decide/verdict.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct blf_transition);
} machine SEC(".maps");

static struct blf_who everybody = {.word = {[0 ... BLF_WHO_WORDS - 1] = ~0ULL}};

struct step {
    const struct blf_root* root;
    const struct bench_question* question;
    struct blf_transition* t;
};

static long one_step(__u32 i, struct step* s) {
    if (s->t->mode == BLF_MODE_DONE) return 1;
    blf_transition_step(s->t, &image, s->root, (const struct blf_name*)s->question->name);
    return 0;
}

// What bpf/quick.h asks first of a name that is short: may any rule be about it?
BLF_INLINE __u32 certainly_nothing(const struct blf_root* root, const struct bench_question* q) {
    __u64 hash = blf_hash_piece(blf_hash_begin(q->length), q->name);
    return q->state >= root->sparse_states && !blf_may_have_edge(&image, root, q->state, hash);
}

SEC("tc")
int decision(struct __sk_buff* packet) {
    __u32 zero = 0;
    const struct bench_question* q = bpf_map_lookup_elem(&question, &zero);
    const struct blf_root* root = (const struct blf_root*)blf_block_at(&image, BLF_BLOCK_ROOT);
    struct step s = {.root = root, .question = q, .t = bpf_map_lookup_elem(&machine, &zero)};
    struct blf_request request = {.ask = BLF_ASK_FILE_OPEN_READ};
    struct blf_verdict verdict = {};

    if (!q || !root || !s.t) return -1;
    if (!q->closer && certainly_nothing(root, q)) return 0;
    s.t->state = q->state;
    s.t->reason = 0;
    blf_transition_begin(s.t, q->length);
    BLF_LOOP(1024, one_step, &s);
    request.object[BLF_VISIBLE] = request.object[BLF_CANONICAL] = s.t->state;
    request.object_reason = s.t->reason;
    blf_decide(&verdict, &image, root, &request, &everybody);
    return (int)verdict.error;
}

char decision_license[] SEC("license") = "Dual BSD/GPL";
