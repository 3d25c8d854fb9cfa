# SPDX-License-Identifier: Apache-2.0
. /bailiff/demo/narrate.sh
echo "the secret" >/tmp/lsm-secret

tell "The classic trap: a right BPF LSM program that loads, attaches, is listed, and blocks nothing."
printf '\033[36m$ deny_open &\033[0m\n'
coproc DENY { exec deny_open; }
read -r line <&"${DENY[0]}" # it says so once it is attached, or ends
echo "$line"
show 0 "cat /tmp/lsm-secret   # it was to be denied"
kill "$DENY_PID"

tell "bailiff looks first, says what is missing and what to do, and enforces nothing by half."
show 6 "bailiff doctor"
show 6 "bailiff apply /bailiff/policies/keep-secret.yaml"
