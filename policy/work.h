// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace bailiff::policy {

// A budget of steps, about ten nanoseconds each: what can multiply is given one, so that it ends
// early and after the same step on every machine.
class Work {
  public:
    explicit Work(size_t limit) : left_(limit) {}

    // False when nothing is left, and from then on.
    bool Spend(size_t steps) {
        left_ = steps < left_ ? left_ - steps : 0;
        return left_ > 0;
    }
    bool spent() const { return left_ == 0; }

  private:
    size_t left_;
};

}  // namespace bailiff::policy
