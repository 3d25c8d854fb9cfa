# SPDX-License-Identifier: Apache-2.0
dev_ci() {
    . scripts/test.sh
    dev_test
}
