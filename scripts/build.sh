# SPDX-License-Identifier: Apache-2.0
dev_build() { build_preset "${1:-dev}"; }
