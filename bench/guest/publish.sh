# SPDX-License-Identifier: Apache-2.0
# What `apply` executes while the programs are attached, in four parts; guest/timeline.c cuts them.
# Of these, the second and the last are the same for every policy, but for what depends on its size:
# adopting what is attached, and the proofs.
publish_over_one_path() {
    bailiff_apply "$BENCH/dead-1.yaml" # so that the programs are attached
    timeline bailiff apply "$BENCH/dead-$1.yaml" | tr '\n' ' '
    echo
}

publish_bailiff() {
    local paths took rest fixed total=0 name bytes
    for paths in 1 1000 100000; do
        took=($(for _ in 1 2 3; do publish_over_one_path "$paths"; done | smallest_of_each))
        figure "publish/before-bpf/$paths" "${took[0]}" instructions
        figure "publish/before-map/$paths" "${took[1]}" instructions
        figure "publish/map-to-slot/$paths" "${took[2]}" instructions
        figure "publish/after-slot/$paths" "${took[3]}" instructions
        rest=$((took[1] + took[2] + took[3]))
        if [ "$paths" = 1 ]; then fixed=$((took[1] + took[3])); fi
    done
    # All that is not the same for one path, and the publishing of both.
    figure publish/paths/100000 $((rest - fixed)) instructions

    while read -r name bytes; do
        figure "publish/map/$name" "$bytes" bytes
        total=$((total + bytes))
    done < <(bpf_objects maps | distinct)
    figure publish/memory "$(awk -v bytes=$total 'BEGIN { print bytes / 1e6 }')" MB
}
