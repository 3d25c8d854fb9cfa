# SPDX-License-Identifier: Apache-2.0
"""What is slow to make is made once: a directory of finished things, safe against kills and other runs."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def directory():
    root = pathlib.Path(os.environ.get("BAILIFF_CACHE") or pathlib.Path.home() / ".cache/bailiff")
    root.mkdir(parents=True, exist_ok=True)
    return root


def say(text):
    print(f"vm: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked(name):
    """One builder of `name` at a time. The kernel drops the lock of a killed process."""
    with open(directory() / f".{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def building(name):
    """A directory to build `name` in, beside its final place so that publishing it is one rename.

    REQUIRES: locked(name). What a killed builder left behind is removed first."""
    for stale in directory().glob(f".{name}.new-*"):
        shutil.rmtree(stale)
    with tempfile.TemporaryDirectory(prefix=f".{name}.new-", dir=directory()) as path:
        yield pathlib.Path(path)


def publish(built, name, version):
    """Moves `built` to `name-version` and lets the link `name` point to it.

    Versions are directories of their own, so a run that is using the previous one keeps it."""
    target = directory() / f"{name}-{version}"
    if not target.exists():
        built.chmod(0o755)
        os.rename(built, target)
    link = built.with_name(built.name + "-link")
    link.symlink_to(target.name)
    os.rename(link, directory() / name)
    return target


def command(*argv, **options):
    """Runs a tool; when it fails, its output is the message."""
    done = subprocess.run([str(arg) for arg in argv], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=options.pop("stderr", subprocess.PIPE), **options)
    if done.returncode:
        sys.exit(f"vm: {' '.join(map(str, argv))}: exit {done.returncode}\n{done.stdout}{done.stderr or ''}")
    return done.stdout


def host_apt_options():
    """The host's way to the mirrors (proxies and the like), and none of its hooks."""
    lines = command("apt-config", "dump").splitlines()
    return "".join(line + "\n" for line in lines if line.startswith("Acquire::") and not line.endswith('"";'))
