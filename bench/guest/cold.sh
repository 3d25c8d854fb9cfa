# SPDX-License-Identifier: Apache-2.0
# open() + close() where nothing remembered can be used: something unrelated is changed before each
# open, or the directory is one that nobody has opened anything in. All in one tmpfs (/tmp).
mkdir -p /tmp/unrelated /tmp/moved/{a,b} /tmp/deep "$FIRST" "${COLD_7%/*}" "${COLD_32%/*}"
: >"$COLD_7"
: >"$COLD_32"
mount -t tmpfs unrelated /tmp/moved/a

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

# What is measured with nothing attached and then with each policy, in this order.
cold() {
    rename "$COLD_7"
    move "$COLD_7"
    first
    rename "$COLD_32"
    (cd /tmp/deep && rename file -r 4 -d "$DEEP")
}
names=(rename/7 move/7 first/7 rename/32 rename/2000)
base=($(cold))
for i in "${!names[@]}"; do figure "cold/nothing/${names[i]}" "${base[i]}" instructions; done
for state in dead live; do
    bailiff apply "$BENCH/cold-$state.yaml" >/dev/null
    took=($(cold))
    for i in "${!names[@]}"; do
        figure "cold/$state/${names[i]}" $((took[i] - base[i])) instructions
    done
done
bailiff_off
umount /tmp/moved/a
