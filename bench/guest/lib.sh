# SPDX-License-Identifier: Apache-2.0
# Shared by the groups of figures that are taken in the VM. A figure is a line of output:
#   figure NAME VALUE UNIT
# What else is printed is for a person. DEPTHS and PATHS come from bench/places.py: the same depth has
# the same index in both.
set -eu -o pipefail
shopt -s inherit_errexit
. "$BENCH/places.sh"

figure() { printf 'figure %s %s %s\n' "$1" "$2" "$3"; }

# measure [COMMAND...]: what open() + close() takes at each of DEPTHS, under COMMAND. Addresses are
# not randomised: where a program lies decides how many page tables it needs.
measure() { setarch -R "$@" open_loop warm "${PATHS[@]}"; }

# Pins that were removed keep their programs attached until the kernel gets round to it.
# wait_for_programs COUNT
wait_for_programs() {
    local tries
    for tries in $(seq 1000); do
        [ "$(bpf_objects programs | wc -l)" = "$1" ] && return
        sleep 0.1
    done
    echo "bench: $1 programs should be there, and not: $(bpf_objects programs)" >&2
    exit 1
}
wait_for_no_programs() { wait_for_programs 0; }

# Of another policy before there is nothing left. A program a hook, and the one that decides for all.
bailiff_apply() {
    bailiff apply "$1" >/dev/null
    wait_for_programs "$(($(find /sys/fs/bpf/bailiff -name 'link_*' ! -name '*_decider' | wc -l) + 1))"
}

# Of lines of numbers, the smallest of each column: what takes long comes in several modes.
smallest_of_each() {
    awk '{ for (i = 1; i <= NF; i++) if (NR == 1 || $i < least[i]) least[i] = $i }
         END { for (i = 1; i <= NF; i++) print least[i] }'
}

# The kernel cuts names off: of lines that begin with the same one, the second becomes NAME.2.
distinct() { awk '{ n = ++seen[$1]; if (n > 1) $1 = $1 "." n; print }'; }

bailiff_off() {
    bailiff off >/dev/null 2>&1 || true # nothing to take off is no failure; what stays is, below
    wait_for_no_programs
}

make_places() {
    local path
    for path in "${PATHS[@]}"; do
        mkdir -p "$(dirname "$path")"
        : >"$path"
    done
}

# After the boot, deferred work disturbs for some seconds. Sleeping costs nothing where the clock
# counts instructions. Quiet: four results in a row that differ by less than 5.
wait_for_quiet() {
    local last now same=0 tries
    sleep 5
    last=$(setarch -R open_loop warm "${PATHS[0]}")
    for tries in $(seq 40); do
        now=$(setarch -R open_loop warm "${PATHS[0]}")
        if [ $((now > last ? now - last : last - now)) -lt 5 ]; then
            same=$((same + 1))
            [ $same = 3 ] && return
        else
            same=0
        fi
        last=$now
    done
    echo "bench: this machine does not come to rest: $last, then $now" >&2
    exit 1
}
