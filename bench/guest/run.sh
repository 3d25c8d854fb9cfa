# SPDX-License-Identifier: Apache-2.0
# run.sh GROUP...: in the VM, under -icount. What a group does in a phase is its function
# GROUP_PHASE; not every group has something to do in each. Phase by phase and not group by group:
# loading bailiff's programs is what takes longest.
#   first    nothing of BPF has been loaded since the boot
#   base     nothing is attached
#   peers    the others, each alone
#   bailiff  attached, whatever the policy
#   after    bailiff is off
BENCH=$(dirname "$(readlink -f "$0")")
. "$BENCH/lib.sh"
for group in "$@"; do . "$BENCH/$group.sh"; done
uname -r | sed 's/^/release /'
make_places
wait_for_quiet
for phase in first base peers bailiff after; do
    if [ $phase = after ]; then bailiff_off; fi
    for group in "$@"; do
        if [ "$(type -t "${group}_$phase")" = function ]; then "${group}_$phase"; fi
    done
done
