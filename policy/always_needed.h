// SPDX-License-Identifier: Apache-2.0
//
// What nearly every program needs, whatever it is for: a policy that closes it by mistake ends in a
// program that does not start, and says little about why.
#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/image.h"
#include "policy/model.h"

namespace bailiff::policy {

// Warns of each default of the image that closes some of it, and names it. `policies`: those of the
// image, in its order.
void WarnOfClosedNeeds(const ImageView& image, const std::vector<Policy>& policies,
                       Diagnostics* diagnostics);

}  // namespace bailiff::policy
