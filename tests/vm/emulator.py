# SPDX-License-Identifier: Apache-2.0
"""The emulator of the rig: QEMU 10, which takes a fifth less of a processor than Debian 12's 7.2 for the same guest, and
counts the instructions of the benchmarks alike on Debian 12 and 13.

Debian 13 has it. On Debian 12 its backport is unpacked into the cache, and nothing of the host is upgraded: the
libraries it needs are those that the host's own package has brought."""

import re

import cache
import fetch

OLDEST = 10
SUITE = "bookworm-backports"
PACKAGES = ("qemu-system-x86", "qemu-system-common", "qemu-system-data")
PROGRAM = "qemu-system-x86_64"


def command():
    """The beginning of its command line. Downloads only when it must."""
    if version(PROGRAM) >= OLDEST:
        return [PROGRAM]
    with cache.locked("emulator"):
        link = cache.directory() / "emulator"
        folder = link.resolve() if link.exists() else download()
    return [folder / "usr/bin" / PROGRAM, "-L", folder / "usr/share/qemu"]


def version(program):
    return int(re.search(r"version (\d+)", cache.command(program, "--version"))[1])


def download():
    cache.say(f"emulator: asking {SUITE} for {PACKAGES[0]}")
    apt = fetch.private_apt("emulator", [SUITE])
    newest = fetch.newest_version(PACKAGES[:1], apt)
    cache.say(f"emulator: downloading {newest}")
    with cache.building("emulator") as new:
        fetch.unpack(PACKAGES, apt, new)
        version(new / "root/usr/bin" / PROGRAM)  # it starts
        return cache.publish(new / "root", "emulator", newest.replace(":", "-"))
