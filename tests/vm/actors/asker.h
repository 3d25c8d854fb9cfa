/* SPDX-License-Identifier: Apache-2.0
 *
 * What kernel_differential and its askers share: an asker opens what is listed here, as whom it is
 * told, and writes down what came of it.
 */
#ifndef BAILIFF_ASKER_H
#define BAILIFF_ASKER_H

#define ASKER_TEXT_MAX (4 << 20)
#define ASKER_QUESTIONS_MAX 200000
#define ASKER_PASSES 4 /* how often each is asked: first as it is found, then after all others */

/* The descriptors that an asker finds open. */
enum { ASKER_MEMORY = 100, ASKER_COMMANDS, ASKER_ANSWERS, ASKER_LOST };

struct asker_question {
    unsigned text;  /* where its path begins: absolute, or relative to ASKER_LOST */
    unsigned flags; /* of open(2) */
    unsigned uid;   /* effective */
    int error;      /* the answer: 0, an errno, or -EAGAIN: not always the same */
};

struct asker_range {
    unsigned begin, end; /* questions; begin == end: exit */
};

struct asker_memory {
    char text[ASKER_TEXT_MAX];
    struct asker_question question[ASKER_QUESTIONS_MAX];
};

#endif
