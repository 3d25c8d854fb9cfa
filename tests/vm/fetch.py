#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fetches the kernels of the matrix with apt, each once, into the cache.

Each kernel has an apt root of its own: neither the host's sources nor its release play a part, and every index
and package is checked against Debian's archive keyring."""

import argparse
import hashlib
import lzma
import os
import pathlib
import re
import sys

import cache

MATRIX = pathlib.Path(__file__).with_name("kernels")
MIRROR = "http://deb.debian.org"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Cases may insmod these from /rig/modules, where the kernel has them as modules; nothing else in the guest is one.
MODULES = ("binfmt_misc", "comedi", "comedi_pci", "dm-mod", "fuse", "jr3_pci", "libcrc32c", "loop", "md-mod", "raid1", "overlay", "xfs")


def matrix():
    """{name: (suites, package)}, in the order of the file."""
    rows = [line.split() for line in MATRIX.read_text().splitlines() if line.strip() and line[0] != "#"]
    return {name: (suites.split(","), package) for name, suites, package in rows}


def kernel(name, refresh=False):
    """The directory holding `vmlinuz`, `release`, `config` and `modules/`. Downloads only when it must."""
    modules = hashlib.sha256(" ".join(MODULES).encode()).hexdigest()[:6]
    link = cache.directory() / f"kernel-{name}-{modules}"  # with other modules it is another thing
    if link.exists() and not refresh:
        return link.resolve()
    with cache.locked(link.name):
        if link.exists() and not refresh:  # another run was faster
            return link.resolve()
        return download(name, link)


def download(name, link):
    suites, package = matrix()[name]
    cache.say(f"kernel {name}: asking {', '.join(suites)} for {package}")
    apt = private_apt(name, suites)
    wanted = packages_of(package, apt)
    version = newest_version(wanted, apt)
    target = cache.directory() / f"{link.name}-{version}"
    if target.exists() and link.exists() and link.resolve() == target:
        return target
    cache.say(f"kernel {name}: downloading {version}")
    with cache.building(link.name) as new:
        unpack(wanted, apt, new)
        (new / "out").mkdir()
        pick(new / "root", new / "out")
        return cache.publish(new / "out", link.name, version)


def newest_version(packages, apt):
    versions = cache.command("apt-cache", "show", "--no-all-versions", *packages, env=apt)
    return re.search(r"^Version: (.*)$", versions, re.M)[1]


def unpack(packages, apt, folder):
    """Their files, into `folder`/root."""
    (folder / "deb").mkdir()
    cache.command("apt-get", "download", "-q", *packages, cwd=folder / "deb", env=apt)
    for deb in (folder / "deb").iterdir():
        cache.command("dpkg-deb", "-x", deb, folder / "root")


def private_apt(name, suites):
    """An environment in which apt knows these suites, as they are now, and nothing of the host but its proxies."""
    root = cache.directory() / "apt" / name
    for folder in ("lists/partial", "archives/partial", "etc"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    archives = {suite: "debian-security" if suite.endswith("-security") else "debian" for suite in suites}
    (root / "etc/matrix.sources").write_text("\n".join(
        f"Types: deb\nURIs: {MIRROR}/{archive}\nSuites: {suite}\nComponents: main\n"
        f"Architectures: amd64\nSigned-By: {KEYRING}\n" for suite, archive in archives.items()))
    # The user _apt could not enter a cache below /root; packages are checked by signature either way.
    (root / "apt.conf").write_text(cache.host_apt_options() + f"""
Dir::Etc "{root}/etc";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "{root}/etc";
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "{root}";
Dir::State::Lists "{root}/lists";
Dir::State::Status "{root}/status";
Dir::Cache "{root}";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Default-Release "";
APT::Sandbox::User "root";
Acquire::Languages "none";
""")
    apt = dict(os.environ, APT_CONFIG=str(root / "apt.conf"), LC_ALL="C")
    cache.command("apt-get", "update", "-q", env=apt)
    return apt


def packages_of(package, apt):
    """The packages with the kernel itself among all the metapackage depends on.

    Since 7.x a kernel comes as three, before that as one; both are named after the release they hold."""
    names = set(cache.command("apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts",
                              "--no-breaks", "--no-replaces", "--no-enhances", package, env=apt).split())
    pattern = re.compile(r"linux-(image|binary|modules|base)-\d+\.\d+\.\d+\S*-amd64")
    found = sorted(name for name in names if pattern.fullmatch(name))
    return found or sys.exit(f"vm: {package} depends on no kernel package: {' '.join(sorted(names))}")


def pick(root, out):
    """Keeps the few files a boot needs of an unpacked kernel."""
    images = [*root.glob("boot/vmlinuz-*"), *root.glob("usr/lib/modules/*/vmlinuz")]
    trees = [tree.parent for tree in [*root.glob("lib/modules/*/kernel"), *root.glob("usr/lib/modules/*/kernel")]]
    if len(images) != 1 or len(trees) != 1:
        sys.exit(f"vm: not one kernel with modules: {[str(path) for path in images + trees]}")
    os.rename(images[0], out / "vmlinuz")
    (out / "release").write_text(trees[0].name + "\n")
    for config in [*root.glob("boot/config-*"), *root.glob("usr/lib/modules/*/config")]:
        os.rename(config, out / "config")
    (out / "modules").mkdir()
    for module in MODULES:
        for path in trees[0].glob(f"kernel/**/{module}.ko*"):
            data = path.read_bytes()
            (out / f"modules/{module}.ko").write_bytes(lzma.decompress(data) if path.suffix == ".xz" else data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--refresh", action="store_true", help="ask the mirrors for newer versions")
    parser.add_argument("kernel", nargs="*", help="names from the matrix; all when none is given")
    options = parser.parse_args()
    for name in options.kernel or matrix():
        if name not in matrix():
            sys.exit(f"vm: no kernel {name!r} in {MATRIX}")
        path = kernel(name, options.refresh)
        print(f"{name}\t{(path / 'release').read_text().strip()}\t{path}")


if __name__ == "__main__":
    main()
