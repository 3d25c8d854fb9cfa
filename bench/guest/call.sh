# SPDX-License-Identifier: Apache-2.0
# What a process asks for besides files, warm: what each engine adds to the same call without any.
CALLS=(connect+close udp-send unix-connect fork+exec+wait kill0 ptrace mount+umount)
declare -A call_nothing

# measure_calls "CALL..." [COMMAND...]
measure_calls() {
    local calls=$1 run
    shift
    mkdir -p /tmp/call
    for run in 1 2 3; do
        (cd /tmp/call && setarch -R "$@" /bailiff/bin/call_loop -r 300 $calls | tr '\n' ' ')
        echo
    done | smallest_of_each
}

# report_calls ENGINE "CALL..." [COMMAND...]
report_calls() {
    local engine=$1 calls=($2) i took
    took=($(measure_calls "$2" "${@:3}"))
    for i in "${!calls[@]}"; do
        figure "call/$engine/${calls[i]}" $((took[i] - call_nothing[${calls[i]}])) instructions
    done
}

call_base() {
    local i took
    took=($(measure_calls "${CALLS[*]}"))
    for i in "${!CALLS[@]}"; do
        call_nothing[${CALLS[i]}]=${took[i]}
        figure "call/nothing/${CALLS[i]}" "${took[i]}" instructions
    done
}

# Landlock has no rules for mounts: who is held by it may not mount.
call_peers() {
    report_calls empty "${CALLS[*]}" attach called
    wait_for_no_programs
    apparmor_parser --skip-cache --replace "$BENCH/apparmor-call"
    report_calls apparmor "${CALLS[*]}"
    apparmor_parser --skip-cache --remove "$BENCH/apparmor-call"
    report_calls landlock "${CALLS[*]/mount+umount/}" landlock -c 100
}

call_bailiff() {
    local way where
    for way in deny closed; do
        bailiff_off # the rule about looking into others would be about who applies the next
        bailiff_apply "$BENCH/call-$way.yaml"
        report_calls "bailiff/$way" "${CALLS[*]}"
    done
    bailiff_off
    for where in far near; do
        for way in 1 100000; do
            bailiff_apply "$BENCH/prefixes-$where-$way.yaml"
            report_calls "bailiff/prefixes/$where/$way" "connect+close udp-send"
        done
    done
}

# Drift, as with open.
call_after() { report_calls after-off "${CALLS[*]}"; }
