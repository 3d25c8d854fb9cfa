# SPDX-License-Identifier: Apache-2.0
# Operations other than opening, warm: what each engine adds to the same operation without any.
# Directories are those of DEPTHS that OPERATION_DEPTHS names.
OPERATIONS=(create+unlink rename link+unlink mkdir+rmdir stat read write mmap-exec exec)
OPERATION_DEPTHS=(1 7)
declare -A operation_nothing

# The directory of a depth: that of the file which is opened there.
directory_at() {
    local i
    for i in "${!DEPTHS[@]}"; do
        if [ "${DEPTHS[i]}" = "$1" ]; then dirname "${PATHS[i]}"; fi
    done
}

# Without a journal, ext4 passes over the numbers of inodes that were freed in the last five minutes:
# a file costs more the more were made and removed. Sleeping is free, see wait_for_quiet.
# measure_operations DEPTH [COMMAND...]
measure_operations() {
    local directory run
    directory=$(directory_at "$1")
    shift
    for run in 1 2 3; do
        sleep 400
        (cd "$directory" && setarch -R "$@" /bailiff/bin/operation_loop -r 150 "${OPERATIONS[@]}" | tr '\n' ' ')
        echo
    done | smallest_of_each
}

# report_operations ENGINE DEPTH [COMMAND...]
report_operations() {
    local engine=$1 depth=$2 i took
    shift 2
    took=($(measure_operations "$depth" "$@"))
    for i in "${!OPERATIONS[@]}"; do
        figure "operation/$engine/${OPERATIONS[i]}/$depth" \
            $((took[i] - operation_nothing[${OPERATIONS[i]}/$depth])) instructions
    done
}

# Before each engine anew, as near to it as can be.
measure_nothing() {
    local depth i took
    for depth in "${OPERATION_DEPTHS[@]}"; do
        took=($(measure_operations "$depth"))
        for i in "${!OPERATIONS[@]}"; do
            operation_nothing[${OPERATIONS[i]}/$depth]=${took[i]}
        done
    done
}

# What an operation costs without any.
report_nothing() {
    local depth i
    for depth in "${OPERATION_DEPTHS[@]}"; do
        for i in "${!OPERATIONS[@]}"; do
            figure "operation/nothing/${OPERATIONS[i]}/$depth" "${operation_nothing[${OPERATIONS[i]}/$depth]}" instructions
        done
    done
}

operation_peers() {
    local depth
    measure_nothing
    report_nothing
    for depth in "${OPERATION_DEPTHS[@]}"; do report_operations empty "$depth" attach every; done
    wait_for_no_programs
    measure_nothing
    apparmor_parser --skip-cache --replace "$BENCH/apparmor-100"
    for depth in "${OPERATION_DEPTHS[@]}"; do report_operations apparmor/100 "$depth"; done
    apparmor_parser --skip-cache --remove "$BENCH/apparmor-100"
    measure_nothing
    for depth in "${OPERATION_DEPTHS[@]}"; do report_operations landlock/100 "$depth" landlock 100; done
}

# Dead at depth 1 there is nothing: every rule begins at /.
operation_bailiff() {
    bailiff_off
    measure_nothing
    bailiff_apply "$BENCH/all-dead.yaml"
    report_operations bailiff/dead 7
    bailiff_apply "$BENCH/all-live.yaml"
    local depth
    for depth in "${OPERATION_DEPTHS[@]}"; do report_operations bailiff/live "$depth"; done
}
