// SPDX-License-Identifier: Apache-2.0
//
// http_loop CONNECTIONS REQUESTS PATH: asks the server of port 80 for a file, so many times on each
// of so many connections, one after the other. Exits 1 unless each answer is a 200 with all of its
// body.
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char answer[65536];

static int connection(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(80)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (void*)&at, sizeof(at))) err(1, "port 80");
    return fd;
}

// How long an answer is of which this much is here; 0: that is not known yet.
static size_t whole(void) {
    const char* body = strstr(answer, "\r\n\r\n");
    const char* length = strstr(answer, "Content-Length: ");
    if (!body) return 0;
    if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0 || !length) errx(1, "not a page: %s", answer);
    return (size_t)(body + 4 - answer) + strtoul(length + 16, NULL, 10);
}

static void ask(int fd, const char* request) {
    size_t got = 0, all = 0;
    if (write(fd, request, strlen(request)) < 0) err(1, "write");
    while (!all || got < all) {
        ssize_t more = read(fd, answer + got, sizeof(answer) - 1 - got);
        if (more <= 0) errx(1, "the answer ends after %zu bytes", got);
        got += (size_t)more;
        answer[got] = 0;
        if (!all) all = whole();
    }
}

int main(int argc, char** argv) {
    char request[256];
    if (argc != 4) return 2;
    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[3]);
    for (int i = 0; i < atoi(argv[1]); i++) {
        int fd = connection();
        for (int j = 0; j < atoi(argv[2]); j++) ask(fd, request);
        close(fd);
    }
    return 0;
}
