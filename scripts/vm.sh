# SPDX-License-Identifier: Apache-2.0
dev_vm() {
    build_preset dev bailiff $TEST_PROGRAMS
    make_payload
    exec $PYTHON tests/vm/story.py --payload "$PAYLOAD" "$@"
}
