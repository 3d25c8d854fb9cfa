/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 *
 * Sockets: made, given addresses, used. What a socket is and which address it is asked about go
 * into task->details; those that the kernel made for itself are nobody's.
 *
 * Who proves that hooks ask us needs sockets for it, which the policy in force may deny to him: his
 * own calls pass while he carries a probe (abi/runtime.h).
 */
#ifndef BAILIFF_BPF_SOCKET_H
#define BAILIFF_BPF_SOCKET_H

#include "bpf/place.h"

#define AF_UNSPEC 0
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_ALG 38
#define AF_VSOCK 40
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17

/* struct sockaddr_in and struct sockaddr_in6: both begin so. */
struct blf_sockaddr {
    __u16 family;
    __be16 port;
    __be32 address_4; /* of IPv6, its flow */
    __u64 address_6[2];
};

BLF_INLINE __u32 blf_is_prover(void) {
    struct blf_control* control = blf_control();
    if (!control || !control->probing) return 0;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
    struct blf_probe* probe = bpf_task_storage_get(&probes, task, 0, 0);
    return probe && probe->hook;
}

/* Has no rule this address? What follows takes a task's memory. */
static __attribute__((noinline)) int blf_is_untouched_socket(const struct blf_details* socket,
                                                             __u32 ask) {
    BLF_IMAGE image = blf_published();
    const struct blf_root* root = blf_root_in(image);
    if (!root || !socket) return 0;
    if (BLF_KNOWS_DEFAULTS && (root->closed & BLF_CLOSED_SOCKETS) && !blf_is_free_task(root))
        return 0;
    struct blf_address address = socket->address;
    struct blf_address_states states = {};
    blf_find_address(&states, image, ask, &address);
    return !states.reason && !blf_path_vector(image, root, states.given) &&
           !blf_path_vector(image, root, states.taken);
}

BLF_INLINE int blf_ask_socket(const struct blf_details* socket, __u32 ask) {
    if (blf_was_asked(socket, ask)) return 0;
    const struct blf_root* root = blf_root_in(blf_published());
    __u64 generation = root ? root->generation : 0;
    if (blf_is_untouched_socket(socket, ask)) {
        blf_note_asked(socket, ask, blf_details_of(ask), generation);
        return 0;
    }
    return blf_is_prover() ? 0 : blf_answer_kernel(blf_decide_anew(socket, ask));
}

BLF_INLINE void blf_set_address_4(struct blf_details* socket, __be32 address, __be16 port) {
    socket->address.version = 4;
    socket->address.word[0] = (__u64)__builtin_bswap32(address) << 32;
    socket->address.word[1] = 0;
    BLF_VALUE_OF(socket, PORT) = __builtin_bswap16(port);
}

BLF_INLINE void blf_set_address_6(struct blf_details* socket, __u64 high, __u64 low, __be16 port) {
    socket->address.version = 6;
    socket->address.word[0] = __builtin_bswap64(high);
    socket->address.word[1] = __builtin_bswap64(low);
    BLF_VALUE_OF(socket, PORT) = __builtin_bswap16(port);
}

/* Returns 0 for a socket of the kernel's own. */
BLF_INLINE __u32 blf_set_socket(struct blf_details* socket, struct sock* sk) {
    if (!sk) return 0;
    if (BPF_CORE_READ_BITFIELD(sk, sk_kern_sock)) return 0;
    BLF_VALUE_OF(socket, FAMILY) = sk->__sk_common.skc_family;
    BLF_VALUE_OF(socket, SOCKET_TYPE) = sk->sk_type;
    BLF_VALUE_OF(socket, PROTOCOL) = sk->sk_protocol;
    return 1;
}

BLF_INLINE __u32 blf_read_sockaddr(struct blf_sockaddr* name, const void* address) {
    if (!BLF_CAN_CAST) return !bpf_probe_read_kernel(name, sizeof(*name), address);
    __u64 *word = (__u64*)name, at = blf_number(address);
    for (__u32 i = 0; i < sizeof(*name) / 8; i++) word[i] = blf_read_pointer(at + 8 * i);
    return 1;
}

/* An address that a call names; the kernel has it in a struct sockaddr_storage, and refuses what is
 * too short for its family. Of no family (AF_UNSPEC) it is of the socket's own to sendto(2) and
 * bind(2), and to connect(2) no address. Returns enum blf_reason. */
BLF_INLINE __u32 blf_set_named(struct blf_details* socket, const void* address, __u32 ask) {
    struct blf_sockaddr name = {};
    if (!blf_read_sockaddr(&name, address)) return BLF_REASON_UNREADABLE;
    __u32 family = name.family;
    if (family == AF_UNSPEC && ask != BLF_ASK_NET_CONNECT) family = BLF_VALUE_OF(socket, FAMILY);
    if (family == AF_INET) blf_set_address_4(socket, name.address_4, name.port);
    if (family == AF_INET6)
        blf_set_address_6(socket, name.address_6[0], name.address_6[1], name.port);
    return 0;
}

BLF_INLINE __u64 blf_half_address(struct sock* sk, __u64 offset) {
    return blf_read_pointer(blf_number(sk) + offset);
}

/* The address that the socket has. */
BLF_INLINE void blf_set_local(struct blf_details* socket, struct sock* sk) {
    __be16 port = __builtin_bswap16(sk->__sk_common.skc_num);
    __u64 at = BLF_OFFSET(sock, __sk_common.skc_v6_rcv_saddr);
    if (BLF_VALUE_OF(socket, FAMILY) == AF_INET)
        blf_set_address_4(socket, sk->__sk_common.skc_rcv_saddr, port);
    if (BLF_VALUE_OF(socket, FAMILY) == AF_INET6)
        blf_set_address_6(socket, blf_half_address(sk, at), blf_half_address(sk, at + 8), port);
}

/* The peer's, if the socket has one: at no address nobody can be. A raw socket has it without a
 * port. */
BLF_INLINE void blf_set_peer(struct blf_details* socket, struct sock* sk) {
    __be16 port = sk->__sk_common.skc_dport;
    __u64 at = BLF_OFFSET(sock, __sk_common.skc_v6_daddr);
    if (BLF_VALUE_OF(socket, FAMILY) == AF_INET && sk->__sk_common.skc_daddr)
        blf_set_address_4(socket, sk->__sk_common.skc_daddr, port);
    if (BLF_VALUE_OF(socket, FAMILY) == AF_INET6) {
        __u64 high = blf_half_address(sk, at), low = blf_half_address(sk, at + 8);
        if (high | low) blf_set_address_6(socket, high, low, port);
    }
}

/* One that is just being closed has none. */
BLF_INLINE struct sock* blf_sock_of(struct socket* sock) {
    return sock ? sock->sk : NULL;
}

BLF_INLINE int blf_ask_named(__u32 hook, struct socket* sock, const void* address, __u32 ask) {
    struct blf_details socket = {};
    if (blf_is_probed(hook)) return blf_prove();
    if (!blf_set_socket(&socket, blf_sock_of(sock))) return 0;
    __u32 reason = blf_set_named(&socket, address, ask);
    if (reason) return blf_is_prover() ? 0 : blf_answer_kernel(blf_decide_unseen(ask, reason));
    return blf_ask_socket(&socket, ask);
}

/* About the address that the socket has, or about its peer's: no call names them. */
BLF_INLINE int blf_ask_unnamed(__u32 hook, struct socket* sock, __u32 ask) {
    struct blf_details socket = {};
    if (blf_is_probed(hook)) return blf_prove();
    struct sock* sk = blf_sock_of(sock);
    if (BLF_IS_NULL(sk) || !blf_set_socket(&socket, sk)) return 0;
    if (blf_asks_own_address(ask))
        blf_set_local(&socket, sk);
    else
        blf_set_peer(&socket, sk);
    return blf_ask_socket(&socket, ask);
}

BLF_INLINE __u32 blf_ask_of_creation(__u32 family, __u32 type) {
    if (family == AF_PACKET) return BLF_ASK_NET_CREATE_PACKET;
    if (family == AF_NETLINK) return BLF_ASK_NET_CREATE_NETLINK;
    if (family == AF_VSOCK) return BLF_ASK_NET_CREATE_VSOCK;
    if (family == AF_ALG) return BLF_ASK_NET_CREATE_ALG;
    if ((family == AF_INET || family == AF_INET6) && type == SOCK_RAW)
        return BLF_ASK_NET_CREATE_RAW;
    return BLF_ASK_NET_CREATE;
}

/* The protocol that 0 stands for. */
BLF_INLINE __u32 blf_protocol(__u32 family, __u32 type, __u32 protocol) {
    if (protocol || (family != AF_INET && family != AF_INET6)) return protocol;
    return type == SOCK_STREAM ? IPPROTO_TCP : type == SOCK_DGRAM ? IPPROTO_UDP : 0;
}

SEC("lsm/socket_create")
int BPF_PROG(blf_socket_create, int family, int type, int protocol, int kern) {
    struct blf_details socket = {};
    if (blf_is_probed(BLF_HOOK_socket_create)) return blf_prove();
    if (kern) return 0;
    BLF_VALUE_OF(&socket, FAMILY) = family;
    BLF_VALUE_OF(&socket, SOCKET_TYPE) = type;
    BLF_VALUE_OF(&socket, PROTOCOL) = blf_protocol(family, type, protocol);
    return blf_ask_socket(&socket, blf_ask_of_creation(family, type));
}

SEC("lsm/socket_bind")
int BPF_PROG(blf_socket_bind, struct socket* sock, struct sockaddr* address, int size) {
    return blf_ask_named(BLF_HOOK_socket_bind, sock, address, BLF_ASK_NET_BIND);
}

SEC("lsm/socket_connect")
int BPF_PROG(blf_socket_connect, struct socket* sock, struct sockaddr* address, int size) {
    return blf_ask_named(BLF_HOOK_socket_connect, sock, address, BLF_ASK_NET_CONNECT);
}

SEC("lsm/socket_listen")
int BPF_PROG(blf_socket_listen, struct socket* sock, int backlog) {
    return blf_ask_unnamed(BLF_HOOK_socket_listen, sock, BLF_ASK_NET_LISTEN);
}

/* Whose connection it is nobody knows yet. */
SEC("lsm/socket_accept")
int BPF_PROG(blf_socket_accept, struct socket* sock, struct socket* accepted) {
    return blf_ask_unnamed(BLF_HOOK_socket_accept, sock, BLF_ASK_NET_ACCEPT);
}

/* Without a name in the call it goes to the peer. */
SEC("lsm/socket_sendmsg")
int BPF_PROG(blf_socket_sendmsg, struct socket* sock, struct msghdr* message, int size) {
    const void* name = message ? message->msg_name : NULL;
    if (!BLF_IS_NULL(name))
        return blf_ask_named(BLF_HOOK_socket_sendmsg, sock, name, BLF_ASK_NET_SEND_TO);
    return blf_ask_unnamed(BLF_HOOK_socket_sendmsg, sock, BLF_ASK_NET_SEND);
}

SEC("lsm/socket_recvmsg")
int BPF_PROG(blf_socket_recvmsg, struct socket* sock, struct msghdr* message, int size, int flags) {
    return blf_ask_unnamed(BLF_HOOK_socket_recvmsg, sock, BLF_ASK_NET_RECEIVE);
}

/* Only kernels that can cast know a structure at an address. */
static __attribute__((noinline)) int blf_is_untouched_unix(__u64 dentry, __u64 mount) {
    if (!BLF_CAN_CAST) return 0;
    struct dentry* name = BLF_UNTRUSTED(dentry, (void*)dentry);
    struct vfsmount* seen = BLF_UNTRUSTED(vfsmount, (void*)mount);
    if (!blf_some_rule_is_anywhere()) return blf_quick_untouched(name, seen, name->d_inode, 0);
    return blf_was_asked_of(name, seen, name->d_inode, BLF_ASK_NET_UNIX);
}

/* An abstract name begins with a NUL, and ends where the address does. */
BLF_INLINE void blf_set_abstract(struct blf_details* details, __u64 other) {
    __u64 address = blf_read_pointer(other + BLF_OFFSET(unix_sock, addr));
    if (!address) return;
    __u64 path = address + BLF_OFFSET(unix_address, name) + BLF_OFFSET(sockaddr_un, sun_path);
    __u32 size = blf_read_word(address + BLF_OFFSET(unix_address, len));
    __u32 before = BLF_OFFSET(sockaddr_un, sun_path) + 1;
    if ((blf_read_word(path) & 0xff) || size <= before) return;
    BLF_TEXT_OF(details, NAME) = path + 1;
    details->length = size - before;
}

/* The path that the other one was bound to, or its abstract name; one without either is at no
 * place. */
BLF_INLINE int blf_ask_unix(__u32 hook, struct sock* other) {
    struct blf_details details = {};
    if (blf_is_probed(hook)) return blf_prove();
    if (BLF_IS_NULL(other))
        return blf_answer_kernel(blf_decide_unseen(BLF_ASK_NET_UNIX, BLF_REASON_NOT_SEEN));
    __u64 path = blf_number(other) + BLF_OFFSET(unix_sock, path);
    __u64 dentry = blf_read_pointer(path + BLF_OFFSET(path, dentry));
    __u64 mount = blf_read_pointer(path + BLF_OFFSET(path, mnt));
    struct blf_object object = {.nameless = !dentry};
    if (dentry) {
        object.dentry = dentry;
        object.mount = mount - BLF_OFFSET(mount, mnt);
        object.inode = blf_inode_of(dentry);
        if (blf_is_untouched_unix(dentry, mount)) return 0;
    } else {
        blf_set_abstract(&details, blf_number(other));
    }
    if (blf_is_prover()) return 0;
    return blf_answer_kernel(blf_decide_place(&object, &details, BLF_ASK_NET_UNIX));
}

SEC("lsm/unix_stream_connect")
int BPF_PROG(blf_unix_stream_connect, struct sock* sk, struct sock* other, struct sock* made) {
    return blf_ask_unix(BLF_HOOK_unix_stream_connect, other);
}

SEC("lsm/unix_may_send")
int BPF_PROG(blf_unix_may_send, struct socket* sock, struct socket* other) {
    return blf_ask_unix(BLF_HOOK_unix_may_send, other ? other->sk : NULL);
}

#endif
