// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bpf/libbpf.h>

#include <string>

namespace bailiff::enforce {

// Catches what libbpf would print to stderr while it lives; the end of it goes into an error, for
// it is where the verifier says why. libbpf's printer is one for the process, so one at a time.
class LogCapture {
  public:
    LogCapture();
    ~LogCapture();
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;

    // The last lines.
    std::string text() const;

  private:
    libbpf_print_fn_t before_;
};

}  // namespace bailiff::enforce
