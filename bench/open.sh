# SPDX-License-Identifier: Apache-2.0
# Runs in the VM, which counts instructions (./dev bench). What a published policy adds to one open().
set -eu
deep=/bench/a/b/c/d/e
mkdir -p $deep /many && touch /bench-file $deep/file
measure() { open_loop /bench-file $deep/file; }
policy() { # NAME OBJECTS: a policy of one rule that touches none of the files measured
    printf 'bailiff: 1\npolicy: %s\nrules:\n  - deny: file.open\n    path:\n' "$1"
    eval "$2"
}
report() { # LABEL: what it adds to the base, at each depth
    read -r one seven < <(measure)
    printf '%-46s %+7d %+7d\n' "$1" $((one - base_one)) $((seven - base_seven))
}

read -r base_one base_seven < <(measure)
read -r base_one base_seven < <(measure) # the first run after boot is disturbed by deferred work
printf 'instructions, open() + close()                   1 deep  7 deep\n'
printf '%-46s %7d %7d\n' 'nothing attached' "$base_one" "$base_seven"
policy one 'echo "      - /many/f1"' >/tmp/one.yaml
policy near 'echo "      - /bench/a/b/c/d/e/other"' >/tmp/near.yaml
policy ten-thousand 'for i in $(seq 10000); do echo "      - /many/d$((i % 97))/f$i"; done' >/tmp/many.yaml
for name in one near many; do
    bailiff apply /tmp/$name.yaml >/dev/null
    case $name in
        one) report 'one path, elsewhere' ;;
        near) report 'one path, in the same directory' ;;
        many) report '10,000 paths, elsewhere' ;;
    esac
done
bailiff off >/dev/null
report 'after bailiff off'
