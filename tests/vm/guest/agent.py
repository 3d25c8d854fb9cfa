#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The guest's side of the rig, process 1: does what the plan says, reports on ttyS1, ends the machine.

For cases it writes one JSON object per line: `ready`, then `start` and `done` of each case, then `bye`. It goes on to the
next case only while the machine is as it was; otherwise it ends, and the host boots another one."""

import json
import os
import pwd
import subprocess
import sys
import termios
import time
import traceback

import expect
import tidy
from step import run

CASE = "/run/case"
APPLY_SECONDS = 60
out = os.open("/dev/ttyS1", os.O_WRONLY | os.O_NOCTTY)


def report(**event):
    os.write(out, json.dumps(event).encode() + b"\n")


def put_file(path, file):
    """`file` is the text, or a dictionary with `text`, `copy` (of another file) or `dir`, and `mode` and `owner`."""
    file = {"text": file} if isinstance(file, str) else file
    path = os.path.join(CASE, path)
    os.makedirs(path if file.get("dir") else os.path.dirname(path), exist_ok=True)
    if "copy" in file:
        with open(file["copy"], "rb") as source, open(path, "wb") as target:
            target.write(source.read())
        os.chmod(path, os.stat(file["copy"]).st_mode & 0o7777)
    elif "text" in file:
        with open(path, "w", encoding="utf-8") as target:
            target.write(file["text"])
    if "owner" in file:
        owner = pwd.getpwnam(file["owner"])
        os.chown(path, owner.pw_uid, owner.pw_gid)
    if "mode" in file:
        os.chmod(path, int(file["mode"], 8))


def describe(title, problems, result):
    """What a person needs to see of a step that went wrong."""
    lines = [title, *("  " + problem for problem in problems)]
    for stream in ("stdout", "stderr"):
        text = result[stream].splitlines() or ["(nothing)"]
        lines += [f"  {stream}: {line}" for line in text[:20]]
    return lines


def perform(case):
    """The outcome of a case and the lines that explain it, or that its steps want shown."""
    shown = []
    if "needs" in case:
        probe = run({"run": case["needs"]}, CASE)
        if probe["exit"] != 0:
            return "skip", (probe["stdout"] + probe["stderr"]).splitlines()
    for path, file in case.get("files", {}).items():
        put_file(path, file)
    steps = list(enumerate(case["steps"], 1))
    if "policy" in case:
        put_file("policy.yaml", case["policy"])
        steps.insert(0, ("policy", {"run": ["bailiff", "apply", "policy.yaml"], "timeout": APPLY_SECONDS}))
    for number, step in steps:
        result = run(step, CASE)
        problems = expect.problems(step, result)
        if problems:
            command = step["run"] if isinstance(step["run"], str) else " ".join(step["run"])
            title = f"step {number} as {step.get('as', 'root')}: {command.strip()}"
            return "fail", describe(title, problems, result)
        if step.get("shown"):
            shown += result["stdout"].splitlines()[:20]
    return "pass", shown


def cases(plan):
    machine = tidy.Machine()
    os.umask(0o022)
    report(event="ready", trouble=machine.trouble())
    for case in plan["cases"]:
        report(event="start", case=case["name"])
        started = time.monotonic()
        os.makedirs(CASE)
        os.chdir("/")
        try:
            outcome, why = perform(case)
        except Exception:  # a case that breaks the agent is a failed case
            outcome, why = "fail", traceback.format_exc().splitlines()
        left = machine.restore(case)
        if left:
            outcome, why = "fail", why + left
        report(event="done", case=case["name"], outcome=outcome, why=why, seconds=round(time.monotonic() - started, 1))
        if left:
            break
    report(event="bye")


def script(plan):
    """Runs a script, its output live on ttyS1, its exit status after the byte 0x1e."""
    environment = dict(os.environ, TERM=plan["term"])
    command = ["/bin/bash", "-c", plan["script"], "bash", *plan.get("args", [])]
    if plan["tty"]:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment).returncode
    else:  # programs may see whether they write to a terminal, so they get a pipe
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=environment)
        while data := os.read(process.stdout.fileno(), 65536):
            write_all(data)
        status = process.wait()
    write_all(b"\x1e%d\n" % (status if status >= 0 else 128 - status))


def write_all(data):
    while data:
        data = data[os.write(out, data):]


def shell(plan):
    """A shell on ttyS1 with job control, for a person."""
    subprocess.run(["stty", "-F", "/dev/ttyS1", "sane", "rows", str(plan["rows"]), "cols", str(plan["columns"])])
    with open("/dev/ttyS1", "r+b", buffering=0) as tty:
        write_all(plan["hint"].encode() + b"\r\n")
        subprocess.run(["setsid", "--ctty", "--wait", "bash", "-i"], stdin=tty, stdout=tty, stderr=tty, cwd="/root",
                       env=dict(os.environ, TERM=plan["term"], USER="root"))


def main():
    try:
        with open("/rig/plan.json", encoding="utf-8") as file:
            plan = json.load(file)
        {"cases": cases, "script": script, "shell": shell}[plan["mode"]](plan)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    termios.tcdrain(out)
    # With -no-reboot a reset ends QEMU, sooner than ACPI would. Nothing here needs to reach a disk.
    with open("/proc/sysrq-trigger", "w", encoding="ascii") as trigger:
        trigger.write("b")


if __name__ == "__main__":
    main()
