// SPDX-License-Identifier: Apache-2.0
#include "cli/event_text.h"

#include <cstring>
#include <initializer_list>
#include <string_view>

#include "abi/operation.h"
#include "gtest/gtest.h"

namespace bailiff::cli {
namespace {

using Names = std::initializer_list<std::string_view>;

// Behind what is there, and as it ends: a mark.
uint32_t Write(blf_written_path* path, uint32_t at, const Names& names) {
    for (const std::string_view name : names) {
        path->names[at] = static_cast<uint8_t>(name.size());
        std::memcpy(&path->names[at + 1], name.data(), name.size());
        at += 1 + static_cast<uint32_t>(name.size());
    }
    return BLF_MARK(BLF_FROM_ROOT, at);
}

blf_written_path PathWith(const Names& visible) {
    blf_written_path path{};
    path.is_there = 1;
    path.visible = path.canonical = Write(&path, 0, visible);
    return path;
}

blf_event EventOf(blf_ask ask) {
    blf_event event{};
    event.ask = ask;
    event.exe = PathWith({"usr", "bin", "cat"});
    return event;
}

blf_event EventOn(blf_ask ask, const Names& path) {
    blf_event event = EventOf(ask);
    event.object = PathWith(path);
    return event;
}

using Lines = std::vector<std::string>;

TEST(EventText, SaysWhatWouldHaveToBeAllowed) {
    EXPECT_EQ(EventLines(EventOn(BLF_ASK_FILE_OPEN_READ, {"etc", "passwd"})),
              Lines({"file.read        /etc/passwd"}));
    EXPECT_EQ(EventLines(EventOn(BLF_ASK_FILE_OPEN_READ_WRITE, {})),
              Lines({"file.read        /", "file.write       /"}));
    EXPECT_EQ(EventLines(EventOn(BLF_ASK_FILE_MMAP_EXEC, {"bin"})), Lines());
    EXPECT_EQ(EventLines(EventOf(BLF_ASK_KERNEL_PERF)), Lines({"kernel.perf"}));
    EXPECT_EQ(EventLines(EventOf(BLF_ASK_COUNT)), Lines());
}

TEST(EventText, TellsTheNameThatAllowFollowsAndTheOther) {
    blf_event event = EventOn(BLF_ASK_FILE_OPEN_READ, {"mnt", "a"});
    event.object.canonical =
        Write(&event.object, BLF_MARK_END(event.object.visible), {"srv", "data", "a"});
    EXPECT_EQ(EventLines(event), Lines({"file.read        /mnt/a"}));
    EXPECT_EQ(EventsJson(event)[0].dump(),
              R"({"operation":"file.read","path":"/mnt/a","canonical":"/srv/data/a",)"
              R"("exe":"/usr/bin/cat","uid":0})");
    event.object.visible = 0;
    event.object.canonical = Write(&event.object, 0, {"b"});
    EXPECT_EQ(EventLines(event), Lines({"file.read        /b"}));
    EXPECT_EQ(EventsJson(event)[0]["path"], "/b");
}

TEST(EventText, TellsAddressesAndDetailsByTheKeysOfRules) {
    blf_event event = EventOf(BLF_ASK_NET_CONNECT);
    event.address_version = 6;
    event.address[1] = 0xffff7f000001;  // ::ffff:127.0.0.1
    event.value[BLF_BY_PORT - BLF_BY_PORT] = 443;
    event.value[BLF_BY_PROTOCOL - BLF_BY_PORT] = 6;
    event.value[BLF_BY_FAMILY - BLF_BY_PORT] = 2;
    event.value[BLF_BY_SOCKET_TYPE - BLF_BY_PORT] = 1;
    EXPECT_EQ(EventLines(event),
              Lines({"net.connect      address 127.0.0.1, port 443, protocol tcp, family inet, "
                     "type stream"}));
    const Json json = EventsJson(event)[0];
    EXPECT_EQ(json["address"], "127.0.0.1");
    EXPECT_EQ(json["port"], 443);
    EXPECT_EQ(json["protocol"], "tcp");

    event = EventOn(BLF_ASK_MOUNT, {"mnt"});
    std::strcpy(event.text[0], "tmpfs");
    std::strcpy(event.text[1], "none");
    event.mount_flags = 6;  // MS_NOSUID, MS_NODEV
    EXPECT_EQ(EventLines(event),
              Lines({"mount            /mnt, fstype tmpfs, source none, flag nosuid nodev"}));
    EXPECT_EQ(EventsJson(event)[0]["flag"], Json::array({"nosuid", "nodev"}));

    event = EventOf(BLF_ASK_KERNEL_BPF);
    for (uint32_t& value : event.value) value = BLF_NO_VALUE;
    EXPECT_EQ(EventLines(event), Lines({"kernel.bpf"}));
}

TEST(EventText, TellsWhatCouldNotBeTold) {
    blf_event event = EventOf(BLF_ASK_FILE_OPEN_READ);
    event.object.is_there = 1;
    event.object.reason = BLF_REASON_TOO_LONG;
    event.exe.reason = BLF_REASON_NOT_SEEN;
    EXPECT_EQ(EventLines(event), Lines({"file.read        (undecidable: too-long)"}));
    EXPECT_EQ(EventsJson(event)[0].dump(),
              R"({"operation":"file.read","undecidable":"too-long","uid":0})");
}

TEST(EventText, NothingActsOnTheTerminal) {
    EXPECT_EQ(EventLines(EventOn(BLF_ASK_FILE_OPEN_READ, {"a\n\033[1m"})),
              Lines({"file.read        /a\\x0a\\x1b[1m"}));
}

TEST(EventText, ANameThatIsCutOffIsShownAsFarAsItIsThere) {
    blf_written_path path{};
    path.visible = path.canonical = BLF_MARK(BLF_FROM_ROOT, 3);
    path.names[0] = 200;
    path.names[1] = path.names[2] = 'x';
    EXPECT_EQ(PathOf(path).visible, "/xx");
    EXPECT_EQ(PathOf({}).visible, "");
}

}  // namespace
}  // namespace bailiff::cli
