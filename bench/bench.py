#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Takes figures, judges them by limits.yaml, prints a line each: name value unit limit ok|MISS.

Groups start, open, operation, call, cold, publish and service count instructions in a VM on each kernel; decide and compile
are timed on this machine, before any VM is started. Ends 1 on a MISS, 2 when something could not be measured at all."""

import argparse
import concurrent.futures
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import calls
import compile_time
import document
import figures
import places

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build/release"
RESULT = ROOT / "build/bench.json"
LOGS = ROOT / "build/bench"
# In the order of a guest: `start` wants an untouched kernel, what `service` started disturbs who comes after it.
IN_VM = ("start", "open", "operation", "call", "cold", "publish", "decide", "service")
NATIVE = ("decide", "compile")
GROUPS = (*IN_VM, "compile")
PROGRAMS = ("bailiff", "tests/deny_open", "bench/open_loop", "bench/operation_loop", "bench/call_loop", "bench/http_loop", "bench/spent",
            "bench/timeline", "bench/landlock", "bench/attach", "bench/bpf_objects", "bench/decision")
GUEST_SECONDS = 7200  # a guard against hanging; on a machine that compiles, a guest takes far longer than alone

sys.path.insert(0, str(ROOT / "tests/vm"))
import fetch  # noqa: E402


def options():
    kernels = list(fetch.matrix())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], prog="./dev bench")
    parser.add_argument("group", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all when none is given")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--kernel", action="append", help=f"only this one of {', '.join(kernels)}; can be repeated")
    parser.add_argument("--document", action="store_true",
                        help=f"measure nothing: fill docs/PERFORMANCE.md from {RESULT.relative_to(ROOT)}")
    given = parser.parse_args()
    given.group = given.group or list(GROUPS)
    given.kernel = given.kernel or kernels
    for kind, names, known in (("group", given.group, GROUPS), ("kernel", given.kernel, kernels)):
        if unknown := [name for name in names if name not in known]:
            parser.error(f"no {kind} {unknown[0]!r}; there are {', '.join(known)}")
    return given


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def make_payload(folder):
    """What the guests see as /bailiff."""
    (folder / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        (folder / "bin" / pathlib.Path(program).name).write_bytes((BUILD / program).read_bytes())
        (folder / "bin" / pathlib.Path(program).name).chmod(0o755)
    (folder / "bench").mkdir()
    for script in (HERE / "guest").glob("*.sh"):
        (folder / "bench" / script.name).write_bytes(script.read_bytes())
    places.write(folder / "bench")
    calls.write(folder / "bench")
    shutil.copytree(ROOT / "policies", folder / "policies")


def run_guest(kernel, groups, payload):
    """(the kernel's release, {name: Figure})"""
    say(f"{kernel}: {', '.join(groups)}")
    log = LOGS / f"{kernel}.log"  # to be looked at meanwhile
    with log.open("w") as out:
        done = subprocess.run(
            ["setpriv", "--pdeathsig", "TERM",  # a killed run leaves no guest behind
             sys.executable, str(ROOT / "tests/vm/story.py"), kernel, "--payload", str(payload), "--icount",
             "--append", "mitigations=off", "--timeout", str(GUEST_SECONDS),
             "--exec", f"exec bash /bailiff/bench/run.sh {' '.join(groups)}"],
            stdout=out, stdin=subprocess.DEVNULL, check=False)
    text = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        raise figures.BenchError(f"{kernel}: ended with {done.returncode} after:\n" + "\n".join(text.splitlines()[-15:]))
    say(f"{kernel}: done")
    release = next(line.split()[1] for line in text.splitlines() if line.startswith("release "))
    return release, figures.parse(text, kernel)


def run_guests(given, found, about):
    groups = [group for group in IN_VM if group in given.group]
    if not groups:
        return
    with tempfile.TemporaryDirectory(prefix="bailiff-bench-") as work:
        payload = pathlib.Path(work) / "payload"
        make_payload(payload)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = {kernel: pool.submit(run_guest, kernel, groups, payload) for kernel in given.kernel}
            for kernel, run in runs.items():
                about["kernels"][kernel], more = run.result()
                found.update(more)


def run_native(given, found):
    if "decide" in given.group:
        say("decide, on this machine")
        done = subprocess.run([str(BUILD / "bench/decision"), "ns", "1000000"], stdout=subprocess.PIPE, text=True, check=False)
        found.update(figures.parse(done.stdout, "native"))
    if "compile" in given.group:
        with tempfile.TemporaryDirectory(prefix="bailiff-bench-") as work:
            found.update(compile_time.measure(BUILD, pathlib.Path(work)))


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def commit():
    described = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return described.stdout.strip() or "unknown"


def main():
    given = options()
    if given.document:
        return document.fill(ROOT / "docs/PERFORMANCE.md", RESULT)
    LOGS.mkdir(parents=True, exist_ok=True)
    found, about = {}, {"commit": commit(), "processor": processor(), "kernels": {}}
    run_native(given, found)
    run_guests(given, found, about)
    rows = figures.read_limits((HERE / "limits.yaml").read_text(encoding="utf-8"))
    lines = figures.judge(found, figures.of_run(rows, given.group, given.kernel))
    text = figures.to_json(lines, about)
    if given.group == list(GROUPS) and given.kernel == list(fetch.matrix()):
        RESULT.write_text(text + "\n", encoding="utf-8")
    print(text if given.json else "\n".join(line.text() for line in lines))
    judged = [line for line in lines if line.limit is not None]
    missed = [line for line in judged if line.verdict == "MISS"]
    say(f"{len(lines)} figures, {len(judged)} judged, {len(missed)} MISS")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except figures.BenchError as error:
        say(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
