// SPDX-License-Identifier: Apache-2.0
//
// Events as the programs of a deployment tell them (abi/event.h).
#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "abi/event.h"
#include "abi/runtime.h"
#include "base/error.h"

namespace bailiff::enforce {

class EventRing {
  public:
    // The maps `events` and `control`, which may be closed afterwards.
    static Result<EventRing> Open(int events, int control);

    // Readable when there are events.
    int fd() const { return ring_buffer__epoll_fd(ring_.get()); }

    // Those that are there, in their order. Never waits.
    Status Read(const std::function<void(const blf_event&)>& take) const;

    // How many could not be told up to now.
    uint64_t lost() const { return __atomic_load_n(&control_->lost, __ATOMIC_RELAXED); }

  private:
    struct Unmap {
        void operator()(const blf_control* control) const;
    };
    struct Free {
        void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
    };
    using Take = std::function<void(const blf_event&)>;
    struct Reader {
        const Take* take = nullptr;
    };
    static int Call(void* reader, void* data, size_t size);

    // At a place of its own: libbpf keeps its address.
    std::unique_ptr<Reader> reader_;
    std::unique_ptr<ring_buffer, Free> ring_;
    std::unique_ptr<const blf_control, Unmap> control_;
};

}  // namespace bailiff::enforce
