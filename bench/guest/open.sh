# SPDX-License-Identifier: Apache-2.0
# open() + close(), warm: what each engine adds to the same opens without any.

# report ENGINE [COMMAND...]: at every depth
report() {
    local engine=$1 i took
    shift
    took=($(measure "$@"))
    for i in "${!DEPTHS[@]}"; do
        figure "open/$engine/${DEPTHS[i]}" $((took[i] - open_nothing[i])) instructions
    done
}

open_base() {
    local i
    open_nothing=($(measure))
    for i in "${!DEPTHS[@]}"; do figure "open/nothing/${DEPTHS[i]}" "${open_nothing[i]}" instructions; done
}

open_peers() {
    local rules
    report empty attach empty

    coproc deny_open { deny_open; }
    local pid=$deny_open_PID
    read -r _ <&"${deny_open[0]}" # it says when it is attached
    report deny_open
    eval "exec ${deny_open[1]}>&-"
    wait "$pid"

    # Not every kernel's verifier lets bpf_d_path() have an open file's path.
    if attach d_path true; then report d_path attach d_path; fi
    wait_for_no_programs

    for rules in 1 100; do
        apparmor_parser --skip-cache --replace "$BENCH/apparmor-$rules"
        report "apparmor/$rules"
        apparmor_parser --skip-cache --remove "$BENCH/apparmor-$rules"
        report "landlock/$rules" landlock $rules
    done
}

open_bailiff() {
    local paths i took
    for paths in 1 1000 100000; do
        bailiff_apply "$BENCH/dead-$paths.yaml"
        report "bailiff/dead/$paths"
    done
    for paths in 1000 100000; do
        bailiff_apply "$BENCH/live-$paths.yaml"
        report "bailiff/live/$paths"
    done
    # One path makes one directory live.
    for i in "${!DEPTHS[@]}"; do
        bailiff_apply "$BENCH/live-1-${DEPTHS[i]}.yaml"
        took=($(measure))
        figure "open/bailiff/live/1/${DEPTHS[i]}" $((took[i] - open_nothing[i])) instructions
    done
}

# Drift: what was measured when nothing was there, once more.
open_after() { report after-off; }
