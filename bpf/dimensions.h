/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Which dimensions of who asks the programs know at all. The rest is cut out of them when they are
 * loaded, for the sake of how long that takes; a policy that needs more gets its programs loaded
 * anew (enforce/apply.cc).
 */
#ifndef BAILIFF_BPF_DIMENSIONS_H
#define BAILIFF_BPF_DIMENSIONS_H

#include "bpf/maps.h"

const volatile __u64 blf_known_dimensions; /* BLF_DIMENSION() of each */
const volatile __u32 blf_known_sockets;    /* not 0: some hook is asked about sockets */
const volatile __u32 blf_known_places; /* not 0: or about what rules need not name a place for */

BLF_INLINE __u32 blf_knows(__u32 by) {
    return blf_known_dimensions >> by & 1;
}

BLF_INLINE __u32 blf_knows_any(__u64 dimensions) {
    return (blf_known_dimensions & dimensions) != 0;
}

BLF_INLINE __u32 blf_asks_for(const struct blf_root* root, __u32 by) {
    return blf_knows(by) && (root->used >> by & 1);
}

#endif
