# SPDX-License-Identifier: Apache-2.0
# run.sh GROUP...: in the VM, under -icount. Groups in the order given; `start` has to be the first, as
# it measures a machine on which nothing was ever loaded.
BENCH=$(dirname "$(readlink -f "$0")")
. "$BENCH/lib.sh"
uname -r | sed 's/^/release /'
make_places
wait_for_quiet
for group in "$@"; do . "$BENCH/$group.sh"; done
