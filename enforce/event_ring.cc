// SPDX-License-Identifier: Apache-2.0
#include "enforce/event_ring.h"

#include <sys/mman.h>

#include <cerrno>

namespace bailiff::enforce {

int EventRing::Call(void* reader, void* data, size_t size) {
    if (size < sizeof(blf_event)) return 0;
    (*static_cast<Reader*>(reader)->take)(*static_cast<blf_event*>(data));
    return 0;
}

void EventRing::Unmap::operator()(const blf_control* control) const {
    munmap(const_cast<blf_control*>(control), sizeof(*control));
}

Result<EventRing> EventRing::Open(int events, int control) {
    EventRing ring;
    void* memory = mmap(nullptr, sizeof(blf_control), PROT_READ, MAP_SHARED, control, 0);
    if (memory == MAP_FAILED) return FailErrno("cannot map the control block");
    ring.control_.reset(static_cast<const blf_control*>(memory));
    ring.reader_ = std::make_unique<Reader>();
    ring.ring_.reset(ring_buffer__new(events, Call, ring.reader_.get(), nullptr));
    if (!ring.ring_) return FailErrno("cannot read events");
    return ring;
}

Status EventRing::Read(const Take& take) const {
    reader_->take = &take;
    const int read = ring_buffer__consume(ring_.get());
    return read < 0 ? FailErrno("cannot read events", -read) : Status{};
}

}  // namespace bailiff::enforce
