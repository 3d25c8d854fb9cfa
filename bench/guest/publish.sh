# SPDX-License-Identifier: Apache-2.0
# What bailiff executes between a compiled policy and its being in force. `check` ends where `apply`
# begins to look at the kernel, so the difference is all the rest of `apply`: adopting what is
# attached, the proofs, and publishing. Of these only publishing grows with the policy.
executed() { local both; both=($(spent "$@")) && echo "${both[0]}"; }

bailiff apply "$BENCH/dead-1.yaml" >/dev/null # so that the others find the programs attached
for paths in 1 1000 100000; do
    check=$(executed bailiff check "$BENCH/dead-$paths.yaml")
    apply=$(executed bailiff apply "$BENCH/dead-$paths.yaml")
    figure "publish/check/$paths" "$check" instructions
    figure "publish/apply/$paths" "$apply" instructions
    figure "publish/rest/$paths" $((apply - check)) instructions
    [ "$paths" = 1 ] && fixed=$((apply - check))
done
figure publish/paths/100000 $((apply - check - fixed)) instructions

total=0
while read -r name bytes; do
    figure "publish/map/$name" "$bytes" bytes
    total=$((total + bytes))
done < <(bpf_objects maps | distinct)
figure publish/memory "$(awk -v bytes=$total 'BEGIN { print bytes / 1e6 }')" MB
bailiff_off
