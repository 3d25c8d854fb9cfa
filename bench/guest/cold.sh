# SPDX-License-Identifier: Apache-2.0
# open() + close() where nothing remembered can be used: something unrelated is changed before each
# open, or the directory is one that nobody has opened anything in. All in one tmpfs (/tmp).
COLD_NAMES=(rename/7 move/7 first/7 rename/32 rename/2000)

# rename FILE [OPTION...]
rename() { setarch -R open_loop "${@:2}" rename /tmp/unrelated /tmp/unrelated-too "$1"; }
move() { setarch -R open_loop move /tmp/moved/a /tmp/moved/b "$1"; }
# Another tree each time: directories are new once.
first() {
    rm -rf "$FIRST"
    mkdir "$FIRST"
    open_loop tree "$FIRST"
    setarch -R open_loop first "$FIRST"
}

# In the order of COLD_NAMES.
measure_cold() {
    rename "$COLD_7"
    move "$COLD_7"
    first
    rename "$COLD_32"
    (cd /tmp/deep && rename file -r 20 -d "$DEEP")
}

cold_base() {
    local i
    mkdir -p /tmp/unrelated /tmp/moved/{a,b} /tmp/deep "$FIRST" "${COLD_7%/*}" "${COLD_32%/*}"
    : >"$COLD_7"
    : >"$COLD_32"
    mount -t tmpfs unrelated /tmp/moved/a
    cold_nothing=($(measure_cold))
    for i in "${!COLD_NAMES[@]}"; do figure "cold/nothing/${COLD_NAMES[i]}" "${cold_nothing[i]}" instructions; done
}

cold_bailiff() {
    local state i took
    for state in dead live; do
        bailiff_apply "$BENCH/cold-$state.yaml"
        took=($(measure_cold))
        for i in "${!COLD_NAMES[@]}"; do
            figure "cold/$state/${COLD_NAMES[i]}" $((took[i] - cold_nothing[i])) instructions
        done
    done
}
