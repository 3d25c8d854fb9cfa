# SPDX-License-Identifier: Apache-2.0
# Shared by ./dev and its commands; sourced from the root of the tree.

PYTHON=/usr/bin/python3 # Debian's: the modules that scripts/packages installs belong to it
PATH=$PATH:/usr/sbin:/sbin # mke2fs: Debian leaves these out of a user's PATH

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

wanted_packages() { sed 's/#.*//; /^[[:space:]]*$/d' scripts/packages; }

missing_packages() {
    local package
    for package in $(wanted_packages); do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

# Asks dpkg about each package only when the list or the machine's packages changed since.
install_packages() {
    local stamp=${BAILIFF_CACHE:-$HOME/.cache/bailiff}/packages-installed missing sudo=
    local key
    key=$(cat scripts/packages /var/lib/dpkg/status | sha256sum)
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ] && return
    missing=$(missing_packages)
    if [ -n "$missing" ]; then
        say "installing with apt: $(echo $missing)"
        if [ "$(id -u)" != 0 ]; then
            sudo=sudo
            command -v sudo >/dev/null || { echo "./dev: no sudo here; install these as root" >&2; exit 1; }
        fi
        $sudo apt-get update -qq
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
        key=$(cat scripts/packages /var/lib/dpkg/status | sha256sum)
    fi
    mkdir -p "$(dirname "$stamp")"
    echo "$key" >"$stamp"
}

# build_preset PRESET [TARGET...]: configures when needed and builds, quiet unless something fails.
build_preset() {
    local preset=$1 log
    shift
    log=$(mktemp)
    say "building ($preset)"
    if ! { cmake --preset "$preset" && cmake --build --preset "$preset" ${1:+--target "$@"}; } >"$log" 2>&1; then
        grep -vE '^\[[0-9]+/[0-9]+\]|^-- ' "$log" >&2 || cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# What the guest sees as /bailiff. The test programs are built for it in build/dev/tests.
PAYLOAD=build/payload
TEST_PROGRAMS="bailiff-dying behind_the_guard outdo actor storm asker refuse preload.so kernel_differential deny_open"
make_payload() {
    local program
    rm -rf "$PAYLOAD"
    mkdir -p "$PAYLOAD/bin"
    for program in bailiff $(printf 'tests/%s ' $TEST_PROGRAMS) "$@"; do
        cp "build/dev/$program" "$PAYLOAD/bin/"
    done
    cp -r policies scripts/demo "$PAYLOAD/"
}
