// SPDX-License-Identifier: Apache-2.0
#include "enforce/log.h"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace bailiff::enforce {
namespace {

constexpr size_t kKept = 2000;

// libbpf's callback has no context argument.
thread_local std::string captured;

int Capture(libbpf_print_level level, const char* format, va_list arguments) {
    if (level == LIBBPF_DEBUG) return 0;
    std::array<char, 65536> line;
    int length = vsnprintf(line.data(), line.size(), format, arguments);
    captured.append(line.data());
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
