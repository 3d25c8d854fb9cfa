# SPDX-License-Identifier: Apache-2.0
"""Runs one command of a case as a user, and never waits for longer than it was told."""

import os
import pwd
import selectors
import signal
import subprocess
import time

TIMEOUT = 120  # a guard against hanging, not a mark: emulated processors on a busy host are slow
OUTPUT = 1 << 20  # what is kept of each stream


def run(step, folder):
    """{exit, stdout, stderr}: the exit status as a shell gives it, or "timeout".

    The step is over when its own process ends. What it leaves in the background cannot hold it up by keeping the
    pipes open, and lives until the case is over."""
    command = step["run"] if isinstance(step["run"], list) else ["/bin/bash", "-c", step["run"]]
    user = pwd.getpwnam(step.get("as", "root"))
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": user.pw_dir, "USER": user.pw_name,
                   "CASE": folder, "NO_COLOR": "1"}
    try:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                                   user=user.pw_uid, group=user.pw_gid, extra_groups=[user.pw_gid])
    except OSError as error:
        return {"exit": 126, "stdout": "", "stderr": f"{command[0]}: {error.strerror}\n"}
    with process.stdout, process.stderr:
        texts = collect(process, time.monotonic() + step.get("timeout", TIMEOUT))
    status = process.poll()
    if status is None:
        os.killpg(process.pid, signal.SIGKILL)
        status = "timeout"
    elif status < 0:
        status = 128 - status
    return {"exit": status, **texts}


def collect(process, deadline):
    """Reads both streams until the process ended or the deadline passed."""
    data = {process.stdout: bytearray(), process.stderr: bytearray()}
    ended = os.pidfd_open(process.pid)
    with selectors.DefaultSelector() as selector:
        for stream in data:
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ)
        selector.register(ended, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0 and process.poll() is None:
            for key, _ in selector.select(left):
                if key.fileobj != ended and not drain(key.fileobj, data[key.fileobj]):
                    selector.unregister(key.fileobj)
    os.close(ended)
    for stream, buffer in data.items():
        drain(stream, buffer)
    return {name: data[stream].decode(errors="backslashreplace")
            for name, stream in (("stdout", process.stdout), ("stderr", process.stderr))}


def drain(stream, buffer):
    """Takes what is there now; False at the end of the stream."""
    while True:
        try:
            chunk = os.read(stream.fileno(), 65536)
        except BlockingIOError:
            return True
        if not chunk:
            return False
        buffer += chunk[:max(0, OUTPUT - len(buffer))]
