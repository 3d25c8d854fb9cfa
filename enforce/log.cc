// SPDX-License-Identifier: Apache-2.0
#include "enforce/log.h"

#include <cstdarg>
#include <cstdio>
#include <string>

namespace bailiff::enforce {
namespace {

constexpr size_t kKept = 2000;

// libbpf's callback has no context argument.
thread_local std::string captured;

int Capture(libbpf_print_level level, const char* format, va_list arguments) {
    if (level == LIBBPF_DEBUG) return 0;
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(nullptr, 0, format, again);
    va_end(again);
    if (length < 0) return length;
    std::string line(static_cast<size_t>(length) + 1, '\0');  // a verifier's log has megabytes
    vsnprintf(line.data(), line.size(), format, arguments);
    captured.append(line, 0, static_cast<size_t>(length));
    if (captured.size() > kKept) captured.erase(0, captured.size() - kKept);
    return length;
}

}  // namespace

LogCapture::LogCapture() {
    captured.clear();
    before_ = libbpf_set_print(Capture);
}

LogCapture::~LogCapture() {
    libbpf_set_print(before_);
}

std::string LogCapture::text() const {
    return captured;
}

}  // namespace bailiff::enforce
