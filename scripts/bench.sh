# SPDX-License-Identifier: Apache-2.0
# ./dev bench [KERNEL]: instructions, counted by the virtual machine itself.
dev_bench() {
    build_preset dev bailiff open_loop $TEST_PROGRAMS
    make_payload bench/open_loop
    cp bench/open.sh "$PAYLOAD/"
    exec $PYTHON tests/vm/story.py --payload "$PAYLOAD" --icount --script bench/open.sh "${1:-6.12}"
}
