// SPDX-License-Identifier: Apache-2.0
#include "cli/run_trace.h"

#include "base/file.h"
#include "cli/event_text.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "policy/words.h"

namespace bailiff::cli {

policy::Source PolicyAboutEverything() {
    return {
        .name = "trace",
        .text = fmt::format("{{bailiff: 1, policy: trace, mode: audit, default: {{deny: [{}]}}}}\n",
                            fmt::join(policy::OperationFamilies(), ", "))};
}

void TraceWriter::Add(const blf_event& event, std::string* lines) {
    const auto add = [&](const std::string& line) {
        if (written_.insert(line).second) *lines += line + "\n";
    };
    if (json_) {
        for (const Json& one : EventsJson(event)) {
            add(one.dump(-1, ' ', false, Json::error_handler_t::replace));
        }
    } else {
        for (const std::string& line : EventLines(event)) add(line);
    }
}

void TraceWriter::Write() {
    std::string lines;
    const Status read = ring_.Read([&](const blf_event& event) { Add(event, &lines); });
    const Status written = WriteAll(fd_, lines, "the trace");
    if (status_) status_ = read ? written : read;
}

Status TraceWriter::Finish() {
    Write();
    const uint64_t lost = ring_.lost();
    if (lost && status_) {
        const std::string line =
            json_ ? Json{{"lost", lost}}.dump()
                  : fmt::format("(lost: {}, which came faster than they could be read)", lost);
        status_ = WriteAll(fd_, line + "\n", "the trace");
    }
    return status_;
}

}  // namespace bailiff::cli
