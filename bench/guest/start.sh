# SPDX-License-Identifier: Apache-2.0
# The first apply after a boot: open, load, verify, attach, prove, publish.
wait_for_no_programs
took=($(spent bailiff apply "$BENCH/dead-1.yaml"))
figure start/seconds "$(awk -v ns="${took[1]}" 'BEGIN { print ns / 1e9 }')" s
figure start/executed "${took[0]}" instructions
while read -r name verified kept; do
    figure "start/verified/$name" "$verified" instructions
    figure "start/kept/$name" "$kept" instructions
done < <(bpf_objects programs | distinct)
bailiff_off
