# SPDX-License-Identifier: Apache-2.0
"""Boots one kernel of the matrix in QEMU, without KVM, and lets the caller read what the guest says.

A guest has three disks: the root file system (never written to), the payload at /bailiff, and the rig's own files with
the plan of this boot at /rig. The kernel's console is a file; the second serial port carries only what the plan
says."""

import dataclasses
import json
import os
import pathlib
import re
import select
import shutil
import subprocess
import threading
import time

import cache
import emulator
import fetch
import rootfs
from guest import expect

HERE = pathlib.Path(__file__).parent
LSM = "landlock,lockdown,yama,apparmor,bpf"
BOOT_SECONDS = 180  # a boot takes 5; two guests on a machine that is compiling take far longer
END = b"\x1e"  # the guest's last words follow this byte; no test prints it


@dataclasses.dataclass(frozen=True)
class Boot:
    """What makes one boot different from another. Cases with equal boots share a guest."""
    kernel: str
    lsm: str = LSM
    append: str = ""
    icount: bool = False  # time counts instructions: slow, and the same on every machine

    def command_line(self):
        # The LSMs are always spelled out, so a kernel's own default does not decide what is tested.
        # The stall detector gets a minute: emulated processors do wait for a busy host.
        return (f"console=ttyS0 loglevel=5 panic=-1 no_timer_check rcupdate.rcu_cpu_stall_timeout=60 root={rootfs.ROOT} rootwait rw "
                f"init=/rig-init lsm={self.lsm} bailiff.testvm=1 {self.append}").strip()


def disk_image(path, folder, label):
    """Writes `folder` to an ext4 image in which everything belongs to root."""
    size = sum(max(file.stat().st_size, 4096) for file in folder.rglob("*") if file.is_file())
    kilobytes = 4096 + size * 5 // 4096
    # A file keeps its owner's number on its way in: without this, the guest's alice might own what is under test.
    as_root = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]
    cache.command(*as_root, "mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-N", "4096", "-L", label,
                  "-d", folder, path, f"{kilobytes}k")
    return path


def payload_image(payload, work):
    """One image of the payload directory, for all boots of a run."""
    copy = work / "payload"
    shutil.copytree(payload, copy, symlinks=True)  # copies modes, not owners
    copy.chmod(0o755)
    return disk_image(work / "payload.img", copy, "bailiff")


def rig_image(kernel, plan, work):
    """The guest's side of the rig, this boot's plan and this kernel's modules."""
    folder = work / "rig"
    shutil.copytree(HERE / "guest", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(kernel / "modules", folder / "modules")
    (folder / "plan.json").write_text(json.dumps(plan))
    return disk_image(work / "rig.img", folder, "rig")


running = set()
stopping = threading.Event()


class Interrupted(Exception):
    """No more guests: the run is being given up."""


def kill_guests():
    """For an interrupted run: each thread that reads from a guest sees its end, and none starts another."""
    stopping.set()
    for process in list(running):
        process.kill()


class Guest:
    """A running machine. As a context manager: whatever happens, it is gone at the end.

    `work` is a directory of its own, in which `console` stays. `terminal` hands the second serial port to our own
    terminal instead of read()."""

    def __init__(self, boot, payload, plan, work, terminal=False):
        if stopping.is_set():
            raise Interrupted
        work.mkdir(parents=True, exist_ok=True)
        self.console_path = work / "console"
        kernel = fetch.kernel(boot.kernel)
        disks = [rootfs.image(), payload, rig_image(kernel, plan, work)]
        self.process = subprocess.Popen(
            self.arguments(boot, kernel, disks), env=dict(os.environ, TMPDIR=str(work)),
            stdin=None if terminal else subprocess.DEVNULL, stdout=None if terminal else subprocess.PIPE,
            stderr=(work / "qemu").open("w"), bufsize=0)
        running.add(self.process)

    def arguments(self, boot, kernel, disks):
        """thread=single: with a thread per processor, a guest oopsed while ftrace patched text under load.
        Without ERMS and FSRM kernels clear and copy by eight bytes; QEMU takes a step for each, and pages are many."""
        argv = ["setpriv", "--pdeathsig", "KILL",  # a killed run leaves no machine behind
                *emulator.command(), "-M", "q35", "-accel", "tcg,thread=single", "-cpu", "max,erms=off,fsrm=off", "-m", "1024",
                "-nodefaults", "-display", "none", "-no-reboot", "-serial", f"file:{self.console_path}",
                "-chardev", "stdio,id=out,signal=off", "-serial", "chardev:out",
                "-device", "edu",  # of no use but that a driver may take it for its own
                "-kernel", str(kernel / "vmlinuz"), "-append", boot.command_line()]
        argv += ["-icount", "shift=0,sleep=off", "-smp", "1"] if boot.icount else ["-smp", "2"]
        for number, disk in enumerate(disks):
            argv += ["-drive", f"file={disk},if=none,id=d{number},format=raw,snapshot=on",
                     "-device", f"nvme,serial=d{number},drive=d{number}"]
        return argv

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        running.discard(self.process)
        if self.process.stdout:
            self.process.stdout.close()

    def read(self, deadline):
        """The next bytes of the second serial port, b"" when the machine is gone. TimeoutError at the deadline."""
        ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        return os.read(self.process.stdout.fileno(), 65536)

    def console(self):
        """What the kernel wrote, without the carriage returns of a terminal. QEMU's own complaints come last."""
        texts = [path.read_bytes().decode(errors="replace") if path.exists() else ""
                 for path in (self.console_path, self.console_path.with_name("qemu"))]
        return "".join(texts).replace("\r", "")


def telling_lines(console, limit=25):
    """The part of a console log to show to a person: around the first sign of trouble, or else the end."""
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1bc", "", line) for line in console.splitlines()]
    for number, line in enumerate(lines):
        if expect.TROUBLE.search(line):
            return lines[max(0, number - 2):number + limit]
    return lines[-limit:]
