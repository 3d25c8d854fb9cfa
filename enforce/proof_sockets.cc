// SPDX-License-Identifier: Apache-2.0
#include "enforce/proof_sockets.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>

#include "base/fd.h"
#include "enforce/errno_of.h"
#include "enforce/hooks.h"

namespace bailiff::enforce {
namespace {

// Without a name, to which the kernel gives one that nobody else has.
constexpr socklen_t kNoName = sizeof(sa_family_t);

Fd NewSocket(int type) {
    return Fd(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// To one of our own, of the same type, that listens where that is of use.
int ConnectToOwn(int type) {
    const Fd server = NewSocket(type);
    const Fd client = NewSocket(type);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    auto* address = reinterpret_cast<sockaddr*>(&name);
    socklen_t size = sizeof(name);
    if (!server || !client || bind(server.get(), address, kNoName) != 0 ||
        (type == SOCK_STREAM && listen(server.get(), 1) != 0) ||
        getsockname(server.get(), address, &size) != 0) {
        return errno;
    }
    return ErrnoOf(connect(client.get(), address, size));
}

int ConnectNowhere(int socket) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    return ErrnoOf(connect(socket, reinterpret_cast<sockaddr*>(&name), sizeof(name)));
}

}  // namespace

int CallOnSocket(blf_hook hook) {
    char byte = 0;
    if (hook == BLF_HOOK_unix_stream_connect) return ConnectToOwn(SOCK_STREAM);
    if (hook == BLF_HOOK_unix_may_send) return ConnectToOwn(SOCK_DGRAM);
    if (!kHooks[hook].is_on_sockets()) return ENOSYS;
    const bool connected = hook == BLF_HOOK_socket_listen || hook == BLF_HOOK_socket_accept;
    const Fd socket = NewSocket(connected ? SOCK_STREAM : SOCK_DGRAM);
    if (!socket) return errno;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    switch (hook) {
        case BLF_HOOK_socket_create:
            return 0;
        case BLF_HOOK_socket_bind:
            return ErrnoOf(bind(socket.get(), reinterpret_cast<sockaddr*>(&name), kNoName));
        case BLF_HOOK_socket_listen:
            return ErrnoOf(listen(socket.get(), 1));
        case BLF_HOOK_socket_accept:
            return ErrnoOf(accept(socket.get(), nullptr, nullptr));
        case BLF_HOOK_socket_connect:
            return ConnectNowhere(socket.get());
        case BLF_HOOK_socket_sendmsg:
            return ErrnoOf(send(socket.get(), &byte, 1, MSG_NOSIGNAL));
        case BLF_HOOK_socket_recvmsg:
            return ErrnoOf(recv(socket.get(), &byte, 1, 0));
        default:
            return ENOSYS;
    }
}

}  // namespace bailiff::enforce
