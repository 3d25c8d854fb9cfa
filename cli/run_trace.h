// SPDX-License-Identifier: Apache-2.0
//
// `bailiff run --trace`: what the command and what it starts ask for, each once.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "enforce/event_ring.h"
#include "policy/source.h"

namespace bailiff::cli {

// The policy that is about everything that there is to ask for.
policy::Source PolicyAboutEverything();

class TraceWriter {
  public:
    // Writes a line each to `fd`.
    TraceWriter(enforce::EventRing ring, int fd, bool json)
        : ring_(std::move(ring)), fd_(fd), json_(json) {}

    int fd() const { return ring_.fd(); }

    // Writes what is there and was not written before. Failures are kept for Finish().
    void Write();
    // When there will be no more: also how much was lost, if any was.
    Status Finish();

  private:
    void Add(const blf_event& event, std::string* lines);

    enforce::EventRing ring_;
    int fd_;
    bool json_;
    std::set<std::string> written_;
    Status status_;
};

}  // namespace bailiff::cli
