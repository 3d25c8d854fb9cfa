// SPDX-License-Identifier: Apache-2.0
//
// Containers by the cgroup that their runtime puts them into. The places are those of Docker,
// Podman, containerd, CRI-O, nerdctl, Kubernetes and systemd-nspawn; docs/POLICY.md lists them. The
// processes of a runtime beside its container (conmon, systemd-nspawn) are outside.
#pragma once

#include <vector>

#include "policy/diagnostic.h"
#include "policy/model.h"
#include "policy/node.h"
#include "policy/work.h"

namespace bailiff::policy {

// The patterns of one entry under `container`: `any`, `none`, or a glob for the id or the name by
// which the runtime knows it. Empty when it is wrong, and told.
Patterns ParseContainer(const Node& node, Work* expansion, Diagnostics* diagnostics);

}  // namespace bailiff::policy
