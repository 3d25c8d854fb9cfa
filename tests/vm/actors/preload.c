// SPDX-License-Identifier: Apache-2.0
// What LD_PRELOAD brings into a program: as that program, it writes to the output what the file
// that $STEAL names begins with, or the name of the errno.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void steal(void) {
    char bytes[64];
    const char* name = getenv("STEAL");
    const int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    const ssize_t size = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
    if (name && size < 0) dprintf(STDOUT_FILENO, "stolen: %s\n", strerrorname_np(errno));
    if (size >= 0) dprintf(STDOUT_FILENO, "stolen: %.*s", (int)size, bytes);
    if (fd >= 0) close(fd);
}
