/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of `actor` share: a verb is one access, made the way its name says.
 */
#ifndef BAILIFF_ACTOR_H
#define BAILIFF_ACTOR_H

/* Does it with the verb's arguments and the flags of its row. Returns a negative errno, or anything
 * else for success. */
typedef int access_fn(char** arg, int flags);

struct verb {
    const char *name, *arguments;
    int count; /* of arguments; a program's own may follow */
    access_fn* run;
    int flags;
};

/* Each ends with a row without a name. */
extern const struct verb opening_verbs[], descriptor_verbs[], memory_verbs[], exec_verbs[],
    name_verbs[], attribute_verbs[], uring_verbs[], machine_verbs[], fuse_verbs[], socket_verbs[],
    kernel_verbs[], process_verbs[];

/* A system call's answer as a verb's. */
int result(long rc);

/* The descriptor N where `what` is `fd:N`, inherited and so older than what was applied since; else
 * the file of that name, opened. A negative errno when that fails. */
int take(const char* what, int flags);

/* One request through a ring of its own, with these flags. */
struct io_uring_sqe;
int submit_to_ring(const struct io_uring_sqe* request, int sqe_flags);

#endif
