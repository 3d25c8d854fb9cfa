# SPDX-License-Identifier: Apache-2.0
# The story: the same kernel booted twice. Every line of output is what the programs print.
DEMO_KERNEL=6.12

# boot_scene LSMS SCENE
boot_scene() {
    $PYTHON tests/vm/story.py --payload "$PAYLOAD" --lsm "$1" --script "scripts/demo/$2" "$DEMO_KERNEL"
}

dev_demo() {
    local log=build/demo.log lsm
    build_preset dev bailiff $TEST_PROGRAMS
    make_payload
    say "1. A kernel without bpf among its LSMs"
    boot_scene landlock,lockdown,yama,apparmor without-bpf.sh | tee "$log"
    lsm=$(grep -o 'lsm=[a-z,]*' "$log" | head -1)
    [ -n "$lsm" ] || { echo "./dev demo: doctor printed no lsm= value" >&2; return 1; }
    say "2. The same kernel, booted with what doctor printed: $lsm"
    boot_scene "${lsm#lsm=}" enforce.sh
}
