/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * What a compiler made of decide/testing/layout.def: for C as decide/testing/layout.c was compiled.
 */
#ifndef BAILIFF_DECIDE_TESTING_LAYOUT_H
#define BAILIFF_DECIDE_TESTING_LAYOUT_H

#ifdef __cplusplus
extern "C" {
#endif

/* A struct (member NULL, number its size) or a member (number its offset). */
struct blf_layout_row {
    const char* type;
    const char* member;
    unsigned long number;
};

extern const struct blf_layout_row blf_layout_in_c[];
extern const unsigned long blf_layout_in_c_count;

#ifdef __cplusplus
}
#endif

#endif
