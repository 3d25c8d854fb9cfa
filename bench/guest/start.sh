# SPDX-License-Identifier: Apache-2.0
# The first apply after a boot: open, load, verify, attach, prove, publish.
bpf_objects programs | sort >/tmp/programs-before
took=($(spent bailiff apply "$BENCH/dead-1.yaml"))
figure start/seconds "$(awk -v ns="${took[1]}" 'BEGIN { print ns / 1e9 }')" s
figure start/executed "${took[0]}" instructions
bpf_objects programs | sort | comm -13 /tmp/programs-before - >/tmp/programs
# The kernel cuts names off; two that are then the same become NAME and NAME.2.
while read -r name verified kept; do
    figure "start/verified/$name" "$verified" instructions
    figure "start/kept/$name" "$kept" instructions
done < <(awk '{ n = ++seen[$1]; if (n > 1) $1 = $1 "." n; print }' /tmp/programs)
bailiff off >/dev/null
