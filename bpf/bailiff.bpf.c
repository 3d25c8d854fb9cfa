/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * All programs: a hook family a file, and the one that decides. One object, so that they share
 * their maps.
 */
#include "bpf/attributes.h"
#include "bpf/exec.h"
#include "bpf/file.h"
#include "bpf/guard.h"
#include "bpf/inherit.h"
#include "bpf/kernel_asks.h"
#include "bpf/mount.h"
#include "bpf/moves.h"
#include "bpf/names.h"
#include "bpf/process.h"
#include "bpf/socket.h"
#include "bpf/sysctl.h"
/* last, as it is loaded last: after a program that it extends */
#include "bpf/decider.h"
#include "bpf/tracer.h"

char blf_license[] SEC("license") = "Dual BSD/GPL";
