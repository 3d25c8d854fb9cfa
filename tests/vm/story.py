#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Boots one kernel and runs a script in it, its output live on stdout; without a script, a shell to look around.

Ends with the script's exit status, or 125 when the guest ended without one."""

import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import termios
import time

import cache
import fetch
import rig

HINT = "This is {release} in a virtual machine; /bailiff is your payload. Leave with `exit` or Ctrl-D."
NO_RESULT = 125


def options():
    matrix = fetch.matrix()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kernel", nargs="?", default=next(iter(matrix)), help=f"one of {', '.join(matrix)}")
    parser.add_argument("--payload", type=pathlib.Path, help="directory the guest sees as /bailiff; programs in bin/")
    parser.add_argument("--script", type=pathlib.Path, help="bash script to run as root")
    parser.add_argument("--exec", metavar="COMMAND", help="bash command to run as root")
    parser.add_argument("--lsm", default=rig.LSM, help="active LSMs (%(default)s)")
    parser.add_argument("--append", default="", help="more for the kernel's command line")
    parser.add_argument("--icount", action="store_true", help="let instructions be the guest's clock")
    parser.add_argument("--timeout", type=float, default=600, help="seconds a script may take (%(default)s)")
    given = parser.parse_args()
    if given.kernel not in matrix:
        parser.error(f"no kernel {given.kernel!r} in the matrix ({', '.join(matrix)})")
    return given


def follow(guest, seconds):
    """Copies the script's output to stdout; its exit status, or None when the guest ended or took too long."""
    last_words = b""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(TimeoutError):
        while data := guest.read(deadline):
            text, end, rest = data.partition(rig.END) if not last_words else (b"", b"", data)
            sys.stdout.buffer.write(text)
            sys.stdout.buffer.flush()
            last_words += end + rest
        return int(last_words[1:]) if last_words.endswith(b"\n") else None
    return None


def run_script(boot, payload, text, seconds, work):
    plan = {"mode": "script", "script": text, "tty": sys.stdout.isatty(), "term": os.environ.get("TERM", "dumb")}
    with rig.Guest(boot, payload, plan, work) as guest:
        status = follow(guest, seconds)
        if status is None:
            cache.say(f"{boot.kernel}: no result; booted with {boot.command_line()}")
            print("\n".join("console: " + line for line in rig.telling_lines(guest.console())), file=sys.stderr)
    return NO_RESULT if status is None else status


def run_shell(boot, payload, work):
    if not sys.stdin.isatty():
        sys.exit("vm: a shell needs a terminal; use --script or --exec")
    columns, rows = shutil.get_terminal_size()
    release = (fetch.kernel(boot.kernel) / "release").read_text().strip()
    plan = {"mode": "shell", "rows": rows, "columns": columns, "term": os.environ.get("TERM", "linux"),
            "hint": HINT.format(release=release)}
    saved = termios.tcgetattr(sys.stdin)
    try:
        with rig.Guest(boot, payload, plan, work, terminal=True) as guest:
            guest.process.wait()
    finally:  # QEMU puts it back, unless it was killed
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, saved)
    return 0


def main():
    given = options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    boot = rig.Boot(given.kernel, given.lsm, given.append, given.icount)
    with tempfile.TemporaryDirectory(prefix="bailiff-vm-") as work:
        work = pathlib.Path(work)
        payload = work / "nothing"
        payload.mkdir()
        payload = rig.payload_image(given.payload or payload, work)
        cache.say(f"booting {given.kernel}")
        if given.exec is None and given.script is None:
            return run_shell(boot, payload, work / "guest")
        text = given.exec if given.exec is not None else given.script.read_text(encoding="utf-8")
        return run_script(boot, payload, text, given.timeout, work / "guest")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
