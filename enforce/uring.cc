// SPDX-License-Identifier: Apache-2.0
#include "enforce/uring.h"

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "base/fd.h"
#include "base/file.h"

namespace bailiff::enforce {
namespace {

// Of the ring's file: MAP_FAILED is nullptr here.
class Mapping {
  public:
    Mapping(int fd, uint64_t offset, size_t size)
        : memory_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                       static_cast<off_t>(offset))),
          size_(size) {}
    ~Mapping() {
        if (memory_ != MAP_FAILED) munmap(memory_, size_);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    explicit operator bool() const { return memory_ != MAP_FAILED; }
    template <typename T>
    T* At(uint64_t offset) const {
        return reinterpret_cast<T*>(static_cast<char*>(memory_) + offset);
    }

  private:
    void* memory_;
    size_t size_;
};

bool IsSwitchedOff() {
    const Result<std::string> mode = ReadFile("/proc/sys/kernel/io_uring_disabled");
    return mode && mode->starts_with('2');
}

// The ring has one place for a request, and nobody else puts any.
int Submit(int ring, const io_uring_params& params, const io_uring_sqe& request) {
    const Mapping queue(ring, IORING_OFF_SQ_RING,
                        params.sq_off.array + params.sq_entries * sizeof(uint32_t));
    const Mapping answers(ring, IORING_OFF_CQ_RING,
                          params.cq_off.cqes + params.cq_entries * sizeof(io_uring_cqe));
    const Mapping requests(ring, IORING_OFF_SQES, params.sq_entries * sizeof(io_uring_sqe));
    if (!queue || !answers || !requests) return errno;
    *requests.At<io_uring_sqe>(0) = request;
    *queue.At<uint32_t>(params.sq_off.array) = 0;
    std::atomic_ref(*queue.At<uint32_t>(params.sq_off.tail)).store(1);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) < 0) {
        return errno;
    }
    return -answers.At<io_uring_cqe>(params.cq_off.cqes)->res;
}

}  // namespace

std::optional<int> MakeUring() {
    io_uring_params params{};
    const Fd ring(static_cast<int>(syscall(SYS_io_uring_setup, 1, &params)));
    if (ring) return 0;
    const int error = errno;
    if (error == ENOSYS || IsSwitchedOff()) return std::nullopt;
    return error;
}

std::optional<int> UringCommand(int fd) {
    io_uring_params params{};
    const Fd ring(static_cast<int>(syscall(SYS_io_uring_setup, 1, &params)));
    if (!ring && (errno == ENOSYS || IsSwitchedOff())) return std::nullopt;
    if (!ring) return errno;
    io_uring_sqe request{};
    request.opcode = IORING_OP_URING_CMD;
    request.fd = fd;
    return Submit(ring.get(), params, request);
}

}  // namespace bailiff::enforce
