# SPDX-License-Identifier: Apache-2.0
dev_vm() {
    build_preset dev bailiff bailiff-dying behind_the_guard actor deny_open
    make_payload
    exec $PYTHON tests/vm/story.py --payload "$PAYLOAD" "$@"
}
