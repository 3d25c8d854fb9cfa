#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the guest's root file system: Debian packages of the release this host runs, in one disk image.

The same release, so that what was built here finds its libraries there. The image is never written to by a guest
(snapshot=on) and never changed once published."""

import argparse
import hashlib
import os
import pathlib
import re
import struct
import sys
import tempfile

import cache
import fetch

HERE = pathlib.Path(__file__).parent
# The kernel can find its root by partition id without an initrd, and whichever order it probes the disks in.
PARTITION = 0xBA111FF0
ROOT = f"PARTUUID={PARTITION:08x}-01"
OFFSET = 1 << 20
SIZE = 2560 << 20

# All that is particular about the guest comes with each run (guest/init), so changing it rebuilds nothing here.
INIT = """#!/bin/sh
mountpoint -q /dev || mount -t devtmpfs dev /dev
mount -t proc proc /proc && mount -t sysfs sys /sys && mount -r LABEL=rig /rig || exec echo "no rig disk"
exec /rig/init
"""

# The bind mount shows the new root without the /proc, /sys and /dev that are mounted in it meanwhile.
SETUP = f"""#!/bin/sh
set -eu
cd "$(dirname "$0")"
chroot "$1" useradd --create-home --uid 1000 --shell /bin/bash alice
chroot "$1" useradd --create-home --uid 1001 --shell /bin/bash bob
mkdir -p "$1/rig" "$1/bailiff"
cp rig-init "$1/rig-init"
chmod 755 "$1/rig-init"
rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*
cat "$1/var/lib/dpkg/status" > status
unshare --mount sh -euc 'mount --bind "$1" tree
mke2fs -q -t ext4 -O ^has_journal -L root -E offset={OFFSET} -d tree root.img {(SIZE - OFFSET) >> 10}k' sh "$1"
"""


def packages():
    """The list with each -dev package replaced by the libraries it depends on: libfmt-dev by libfmt9 on Debian 12."""
    lines = (HERE / "packages").read_text().splitlines()
    names = [line.strip() for line in lines if line.strip() and line[0] != "#"]
    developer = [name for name in names if name.endswith("-dev")]
    needed = cache.command("apt-cache", "depends", "--important", *developer, env=dict(os.environ, LC_ALL="C"))
    libraries = set(re.findall(r"^  Depends: (\S+?)(?<!-dev)$", needed, re.M))
    return sorted({name for name in names if name not in developer} | {lib for lib in libraries if lib[0] != "<"})


def suite():
    lines = pathlib.Path("/etc/os-release").read_text().splitlines()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    name = fields.get("VERSION_CODENAME", "").strip('"')
    if fields.get("ID") != "debian" or not name:
        sys.exit("vm: the root file system is made of the host's own release, and this host is not a Debian release")
    return name


def image(refresh=False):
    """The path of the disk image. Builds it when its packages, its suite or this file changed."""
    recipe = "\n".join([suite(), *packages(), INIT, SETUP])
    name = "root-" + hashlib.sha256(recipe.encode()).hexdigest()[:12]
    link = cache.directory() / name
    if refresh or not link.exists():
        with cache.locked(name):
            if refresh or not link.exists():
                build(name)
    return link.resolve() / "root.img"


def build(name):
    cache.say(f"root file system: building from {suite()} (about half a minute)")
    with tempfile.TemporaryDirectory(prefix="bailiff-root-") as scratch:
        scratch = pathlib.Path(scratch)
        make_disk(scratch / "root.img")
        bootstrap(scratch)
        with cache.building(name) as new:
            (new / "out").mkdir()
            cache.command("cp", "--sparse=always", scratch / "root.img", new / "out/root.img")
            version = hashlib.sha256((scratch / "status").read_bytes()).hexdigest()[:12]
            cache.publish(new / "out", name, version)


def bootstrap(scratch):
    """Fills root.img in `scratch` and leaves the list of installed packages beside it."""
    is_root = os.geteuid() == 0
    (scratch / "apt.conf").write_text(cache.host_apt_options())
    (scratch / "rig-init").write_text(INIT)
    (scratch / "setup").write_text(SETUP)
    (scratch / "tree").mkdir()
    (scratch / "status").touch()
    for path, mode in ((".", 0o755), ("setup", 0o755), ("status", 0o666), ("root.img", 0o666)):
        # Without root, mmdebstrap works as a subordinate user, who has to get here and write these two.
        (scratch / path).chmod(mode & 0o755 if is_root else mode)
    # Killed half-way, mmdebstrap would leave the host's /dev/shm and /sys mounted below /tmp, where the next one to
    # tidy up deletes through them. In a mount namespace of its own they go when it goes.
    private = ["unshare", "--mount", "--propagation", "private"] if is_root else []
    cache.command(*private, "setpriv", "--pdeathsig", "KILL", "mmdebstrap", "--variant=essential", "--format=null",
                  f"--keyring={fetch.KEYRING}", f"--aptopt={scratch}/apt.conf", "--include=" + ",".join(packages()),
                  "--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*",
                  "--dpkgopt=path-exclude=/usr/share/locale/*", f"--customize-hook={scratch}/setup",
                  suite(), "/dev/null", env=dict(os.environ, TMPDIR=str(scratch)))


def make_disk(path):
    """An empty disk with one partition, as a table of 1983: mke2fs fills the partition at its offset."""
    entry = struct.pack("<B3sB3sII", 0, b"\0\0\0", 0x83, b"\0\0\0", OFFSET // 512, (SIZE - OFFSET) // 512)
    with open(path, "wb") as file:
        file.truncate(SIZE)
        file.write(struct.pack("<440xIH16s48xH", PARTITION, 0, entry, 0xAA55))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--refresh", action="store_true", help="build it again from today's packages")
    print(image(parser.parse_args().refresh))


if __name__ == "__main__":
    main()
