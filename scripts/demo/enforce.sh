# SPDX-License-Identifier: Apache-2.0
. /bailiff/demo/narrate.sh
cd /tmp
echo "the secret" >lsm-secret
echo "nothing special" >other

tell "Before: the file can be read."
show 0 "cat lsm-secret"
show 0 "cat /bailiff/policies/keep-secret.yaml"

tell "apply puts the policy in force, and proves it: the kernel was seen to ask us and to obey."
show 0 "bailiff apply /bailiff/policies/keep-secret.yaml"

tell "Every process, in any language: Operation not permitted. Any other file is as before."
show 1 "cat lsm-secret"
show 1 "python3 -c 'open(\"/tmp/lsm-secret\")'"
show 0 "cat other"

tell "Why? The same decision code answers, and the kernel tells what is attached."
show 1 "bailiff explain --op file.read --path /tmp/lsm-secret --exe /usr/bin/cat"
show 0 "bailiff status"

tell "One sysctl switches off every BPF LSM program silently. Not while a policy is enforced:"
show 1 "echo 0 > /proc/sys/kernel/ftrace_enabled"

tell "And if somebody gets around that, verify does not take our word for it:"
show 0 "behind_the_guard   # root, with bpf() in hand, switches ftrace off behind our back"
show 0 "cat lsm-secret"
show 6 "bailiff verify"
show 0 "echo 1 > /proc/sys/kernel/ftrace_enabled"
show 0 "bailiff verify"

tell "off takes it away at once."
show 0 "bailiff off"
show 0 "cat lsm-secret"
