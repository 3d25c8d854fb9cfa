# SPDX-License-Identifier: Apache-2.0
"""Makes the machine what it was before a case, and says what it could not undo."""

import os
import select
import signal
import subprocess

import expect
from step import run

PINS = "/sys/fs/bpf/bailiff"
# Where cases and bailiff write. The files of a case that lie elsewhere are removed by name.
EMPTIED = ("/tmp", "/run", "/dev/shm", "/etc/bailiff", "/var/lib/bailiff")
KERNEL_THREAD = 0x00200000  # PF_KTHREAD
OFF_SECONDS = 60


class Machine:
    """The state to come back to, as it is when this is made.

    Each look at the kernel's log begins where the last one ended; the first one begins with the boot."""

    def __init__(self):
        self.log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        self.mounts = mounts()
        self.tainted = tainted()

    def restore(self, case):
        """Lines that say why this machine must not be used any more; normally none."""
        problems, off = kill_all(), {}
        if "leaves" not in case and ("policy" in case or os.path.exists(PINS)):
            off = run({"run": ["bailiff", "off"], "timeout": OFF_SECONDS}, "/")
            problems = kill_all()  # again: until now, a policy may have protected a process
        # By its effect and not by its exit status: the case may have said `bailiff off` itself.
        if "leaves" not in case and os.path.exists(PINS):
            problems += [f"left behind: {PINS}: {', '.join(os.listdir(PINS))}",
                         *(f"  bailiff off: {key}: {value}" for key, value in off.items())]
        for mount in reversed([mount for mount in mounts() if mount not in self.mounts]):
            subprocess.run(["umount", "--lazy", mount], check=False)
        problems += self.remove_files(case)
        return problems + self.trouble()

    def remove_files(self, case):
        doomed = [path for path in case.get("files", {}) if os.path.isabs(path)]
        for folder in EMPTIED:
            if os.path.isdir(folder):
                doomed += [os.path.join(folder, name) for name in os.listdir(folder)]
        # rm and not shutil: a case may leave a chain of directories deeper than Python recurses.
        done = subprocess.run(["rm", "-rf", "--one-file-system", "--", *doomed],
                              text=True, capture_output=True, check=False)
        return ["left behind: " + line for line in done.stderr.splitlines()]

    def trouble(self):
        """What the kernel complained of since the last look."""
        lines = []
        while True:
            try:
                record = os.read(self.log, 8192).decode(errors="replace")
            except BlockingIOError:
                break
            except BrokenPipeError:  # the log overflowed; reading goes on with what is left of it
                continue
            lines.append(record.split(";", 1)[-1].split("\n")[0])
        first = next((number for number, line in enumerate(lines) if expect.TROUBLE.search(line)), None)
        found = [] if first is None else [f"kernel: {line}" for line in lines[max(0, first - 1):first + 25]]
        if tainted() != self.tainted:
            found.append(f"kernel: tainted changed from {self.tainted} to {tainted()}")
            self.tainted = tainted()
        return found


def tainted():
    with open("/proc/sys/kernel/tainted", encoding="ascii") as file:
        return int(file.read())


def mounts():
    with open("/proc/self/mounts", encoding="utf-8") as file:
        return [line.split()[1].encode().decode("unicode_escape") for line in file]


def kill_all():
    """Ends every process but this one, in rounds, since a dying one may still fork."""
    for _ in range(5):
        everyone = map(int, filter(str.isdigit, os.listdir("/proc")))
        victims = [pid for pid in everyone if pid != 1 and is_user_process(pid)]
        if not victims:
            return []
        for pid in victims:
            end(pid)
        reap()
    return [f"left behind: process {pid} cannot be killed" for pid in victims]


def is_user_process(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return False
    return not int(fields[6]) & KERNEL_THREAD


def end(pid):
    try:
        process = os.pidfd_open(pid)
    except OSError:
        return
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
        poll = select.poll()
        poll.register(process, select.POLLIN)
        poll.poll(2000)
    except OSError:  # gone, or protected by a policy
        pass
    finally:
        os.close(process)


def reap():
    """Orphans of the steps are children of process 1, which is us."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass
