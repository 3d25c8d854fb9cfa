# SPDX-License-Identifier: Apache-2.0
dev_bench() {
    build_preset dev bailiff actor
    make_payload
    exec $PYTHON bench/open.py "$PAYLOAD"
}
