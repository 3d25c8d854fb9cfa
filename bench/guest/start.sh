# SPDX-License-Identifier: Apache-2.0
# The first apply after a boot: open, load, verify, attach, prove, publish. Before anything else loads
# a program: the first one makes the kernel read its own BTF.
start_first() {
    local took name verified kept
    wait_for_no_programs
    took=($(spent bailiff apply "$BENCH/everything.yaml"))
    # What passed besides is waiting for the disk, which takes as long as the host lets it.
    figure start/seconds "$(awk -v n="${took[0]}" 'BEGIN { print n / 1e9 }')" s
    figure start/elapsed "$(awk -v n="${took[1]}" 'BEGIN { print n / 1e9 }')" s
    while read -r name verified kept; do
        figure "start/verified/$name" "$verified" instructions
        figure "start/kept/$name" "$kept" instructions
    done < <(bpf_objects programs | distinct)
    bailiff_off
}
