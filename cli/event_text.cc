// SPDX-License-Identifier: Apache-2.0
#include "cli/event_text.h"

#include <algorithm>
#include <cstring>

#include "fmt/format.h"
#include "policy/address.h"
#include "policy/read_number.h"
#include "policy/utf8.h"
#include "policy/words.h"

namespace bailiff::cli {
namespace {

// Components from `begin` up to a mark, as a path. What hangs nowhere is shown as from a root.
std::string Joined(const blf_written_path& path, uint32_t begin, uint32_t mark) {
    std::string text;
    const uint32_t end = std::min<uint32_t>(BLF_MARK_END(mark), BLF_NAMES_BYTES);
    for (uint32_t at = begin; at < end; at += 1 + path.names[at]) {
        const uint32_t length = std::min<uint32_t>(path.names[at], end - at - 1);
        text += '/';
        text.append(reinterpret_cast<const char*>(&path.names[at + 1]), length);
    }
    return text.empty() ? "/" : text;
}

struct Detail {
    std::string_view word;
    Json value;
};

Json NumberOf(blf_by by, uint32_t value) {
    if (by == BLF_BY_PORT) return value;
    return policy::NumberText(by, {value, value});
}

// What the request has besides its path, and is not empty.
std::vector<Detail> DetailsOf(const blf_event& event, blf_set operation) {
    std::vector<Detail> details;
    const uint64_t has = policy::DetailsOf(static_cast<blf_ask>(event.ask));
    const auto add = [&](blf_by by, Json value) {
        details.push_back({policy::DimensionWord(by, operation), std::move(value)});
    };
    if (event.address_version) {
        const policy::AddressPrefix address =
            policy::AddressOf(event.address_version, {event.address[0], event.address[1]});
        details.push_back({"address", policy::AddressText(address)});
    }
    for (uint32_t i = 0; i < BLF_DETAIL_VALUES; i++) {
        const auto by = static_cast<blf_by>(BLF_BY_PORT + i);
        const bool is_none =
            by == BLF_BY_PORT ? !event.address_version : event.value[i] == BLF_NO_VALUE;
        if ((has >> by & 1) && !is_none) add(by, NumberOf(by, event.value[i]));
    }
    for (uint32_t i = 0; i < BLF_DETAIL_TEXTS; i++) {
        const std::string text(event.text[i], strnlen(event.text[i], sizeof(event.text[i])));
        if (!text.empty()) add(static_cast<blf_by>(BLF_BY_NAME + i), text);
    }
    Json flags = Json::array();
    for (uint32_t bit = 0; bit < 64; bit++) {
        if (event.mount_flags >> bit & 1) flags.push_back(NumberOf(BLF_BY_MOUNT_FLAG, bit));
    }
    if (!flags.empty()) add(BLF_BY_MOUNT_FLAG, std::move(flags));
    return details;
}

std::string DetailText(const Detail& detail) {
    const Json& value = detail.value;
    if (value.is_string()) return policy::EscapeText(std::string(value));
    if (!value.is_array()) return value.dump();
    std::string text;
    for (const Json& one : value) text += (text.empty() ? "" : " ") + std::string(one);
    return text;
}

std::string ObjectText(const blf_event& event, blf_set operation) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (event.object.reason) {
        add(fmt::format("(undecidable: {})", policy::ReasonWord(event.object.reason)));
    } else if (event.object.is_there) {
        add(policy::EscapeText(PathOf(event.object).name()));
    }
    for (const Detail& detail : DetailsOf(event, operation)) {
        add(fmt::format("{} {}", detail.word, DetailText(detail)));
    }
    return text;
}

Json ObjectJson(const blf_event& event, unsigned operation) {
    Json json = {{"operation", policy::OperationWords()[operation]}};
    if (event.object.reason) {
        json["undecidable"] = policy::ReasonWord(event.object.reason);
    } else if (event.object.is_there) {
        const WrittenPath path = PathOf(event.object);
        json["path"] = path.name();
        if (path.name() != path.canonical) json["canonical"] = path.canonical;
    }
    for (Detail& detail : DetailsOf(event, blf_set{1} << operation)) {
        json[std::string(detail.word)] = std::move(detail.value);
    }
    if (!event.exe.reason && event.exe.is_there) json["exe"] = PathOf(event.exe).name();
    json["uid"] = event.uid;
    return json;
}

std::vector<unsigned> NeedsOf(const blf_event& event) {
    std::vector<unsigned> needs;
    const blf_set set = event.ask < BLF_ASK_COUNT ? policy::AskNeeds()[event.ask] : blf_set{0};
    for (unsigned operation = 0; operation < BLF_OPERATION_COUNT; operation++) {
        if (set >> operation & 1) needs.push_back(operation);
    }
    return needs;
}

}  // namespace

WrittenPath PathOf(const blf_written_path& path) {
    WrittenPath names;
    if (path.visible) names.visible = Joined(path, 0, path.visible);
    if (path.canonical == path.visible) {
        names.canonical = names.visible;
    } else if (path.canonical) {
        names.canonical = Joined(path, BLF_MARK_END(path.visible), path.canonical);
    }
    return names;
}

std::vector<std::string> EventLines(const blf_event& event) {
    std::vector<std::string> lines;
    for (const unsigned operation : NeedsOf(event)) {
        const std::string object = ObjectText(event, blf_set{1} << operation);
        const std::string_view word = policy::OperationWords()[operation];
        lines.push_back(object.empty() ? std::string(word)
                                       : fmt::format("{:<16} {}", word, object));
    }
    return lines;
}

std::vector<Json> EventsJson(const blf_event& event) {
    std::vector<Json> objects;
    for (const unsigned operation : NeedsOf(event)) objects.push_back(ObjectJson(event, operation));
    return objects;
}

}  // namespace bailiff::cli
