// SPDX-License-Identifier: Apache-2.0
#include "policy/socket_words.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace bailiff::policy {
namespace {

constexpr std::string_view kFamilies[] = {
    "unspec",  "unix",    "inet",    "ax25",   "ipx",        "appletalk", "netrom",   "bridge",
    "atmpvc",  "x25",     "inet6",   "rose",   "decnet",     "netbeui",   "security", "key",
    "netlink", "packet",  "ash",     "econet", "atmsvc",     "rds",       "sna",      "irda",
    "pppox",   "wanpipe", "llc",     "ib",     "mpls",       "can",       "tipc",     "bluetooth",
    "iucv",    "rxrpc",   "isdn",    "phonet", "ieee802154", "caif",      "alg",      "nfc",
    "vsock",   "kcm",     "qipcrtr", "smc",    "xdp",        "mctp"};
static_assert(kFamilies[AF_UNIX] == "unix" && kFamilies[AF_INET6] == "inet6");
static_assert(kFamilies[AF_NETLINK] == "netlink" && kFamilies[AF_PACKET] == "packet");
static_assert(kFamilies[AF_ALG] == "alg" && kFamilies[AF_VSOCK] == "vsock");
static_assert(kFamilies[AF_BLUETOOTH] == "bluetooth" && kFamilies[AF_XDP] == "xdp");

constexpr std::string_view kTypes[] = {"", "stream", "dgram", "raw", "rdm", "seqpacket", "dccp"};
static_assert(kTypes[SOCK_STREAM] == "stream" && kTypes[SOCK_SEQPACKET] == "seqpacket");

constexpr NumberedWord kProtocols[] = {
    {"icmp", IPPROTO_ICMP}, {"igmp", IPPROTO_IGMP},       {"tcp", IPPROTO_TCP},
    {"udp", IPPROTO_UDP},   {"dccp", IPPROTO_DCCP},       {"icmpv6", IPPROTO_ICMPV6},
    {"sctp", IPPROTO_SCTP}, {"udplite", IPPROTO_UDPLITE}, {"raw", IPPROTO_RAW},
    {"mptcp", 262},
};

}  // namespace

std::span<const std::string_view> FamilyWords() {
    return kFamilies;
}

std::span<const std::string_view> SocketTypeWords() {
    return kTypes;
}

std::span<const NumberedWord> Protocols() {
    return kProtocols;
}

}  // namespace bailiff::policy
