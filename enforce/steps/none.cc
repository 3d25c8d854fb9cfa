// SPDX-License-Identifier: Apache-2.0
#include "enforce/steps.h"

namespace bailiff::enforce {

void AtStep(std::string_view) {}

}  // namespace bailiff::enforce
