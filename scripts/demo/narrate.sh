# SPDX-License-Identifier: Apache-2.0
# Sourced by the scenes, inside the VM.

# tell TEXT: what the next commands are about.
tell() { printf '\n\033[1m# %s\033[0m\n' "$*"; }

# show EXPECTED_EXIT COMMAND: types a command as a person would, runs it, and fails the demo if it
# ends otherwise than the story says.
show() {
    local expected=$1 status=0
    printf '\033[36m$ %s\033[0m\n' "$2"
    bash -c "$2" 2>&1 || status=$?
    [ "$status" = 0 ] || printf '\033[2m(exit %s)\033[0m\n' "$status"
    [ "$status" = "$expected" ] && return
    echo "demo: expected exit $expected" >&2
    exit 1
}
