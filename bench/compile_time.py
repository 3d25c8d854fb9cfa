# SPDX-License-Identifier: Apache-2.0
"""How long compilers of policies take, natively, and how much memory: `bailiff check` and `apparmor_parser`; and our compiler
alone, by Google Benchmark."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import places
from figures import BenchError, Figure

TIMEOUT = 90  # seconds of processor time for one run of a compiler; AppArmor's needs one for what it can just take
OUT_OF_TIME = (128 + signal.SIGKILL, 128 + signal.SIGXCPU)
REPEAT_BELOW = 2.0  # a run that short is done three times and the quickest taken

# shape: the pattern of each rule. `literal`: names in few directories. `apart`: each in a directory of its own. `common-tail`:
# what tells them apart comes first. `both-sides`: `**` on both sides of it.
SHAPES = {
    "literal": lambda i: f"/many/d{i % 97}/f{i}",
    "apart": lambda i: f"/srv/tenant-{i}/secret-{i}.key",
    "common-tail": lambda i: f"/srv/tenant-{i}/**/secret.key",
    "both-sides": lambda i: f"/srv/**/tenant-{i}/**/*-{i}.key",
}
BOTH = [("literal", 1000), ("literal", 10000), ("apart", 1000), ("apart", 5000), ("apart", 7266), ("apart", 7300),
        ("common-tail", 1000), ("both-sides", 8), ("both-sides", 10)]
BAILIFF = [*BOTH, ("literal", 100000), ("literal", 1000000), ("apart", 100000), ("both-sides", 300)]
# It has 65,535 states, which end between 7,266 and 7,300 paths apart; 10 globs with `**` on both sides take it minutes.
APPARMOR = BOTH
FILE_PATHS = 500000  # paths in a file: there is a limit on values in one
INVALID = 5  # bailiff's exit status when a diagnostic says what is wrong with the policy


def run_once(spent, argv):
    """(exit status or None when it took too long, seconds of processor time, peak megabytes, what it complained of).

    Processor time, so that what else the machine does counts little. Both compilers have one thread."""
    done = subprocess.run([str(spent), "prlimit", f"--cpu={TIMEOUT}", *argv], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    try:
        nanoseconds, _, peak = map(int, done.stdout.split())
    except ValueError:
        raise BenchError(f"{argv[0]}: exit {done.returncode}: {done.stderr}") from None
    status = None if done.returncode in OUT_OF_TIME else done.returncode
    return status, nanoseconds / 1e9, peak / 1e6, done.stderr


def run(spent, argv):
    """The best of three, when one is short."""
    runs = [run_once(spent, argv)]
    while len(runs) < 3 and runs[0][1] < REPEAT_BELOW and runs[0][0] is not None:
        runs.append(run_once(spent, argv))
    return min(runs, key=lambda one: one[1])


def figures_of(spent, name, argv, diagnosed=()):
    """Time and peak when it compiled, or ended with a status in `diagnosed`; `gave-up` when it did not."""
    print(f"bench: {name}", file=sys.stderr)
    status, seconds, peak, text = run(spent, argv)
    if status in (0, *diagnosed):
        yield Figure(f"{name}/seconds", seconds, "s")
        yield Figure(f"{name}/peak", peak, "MB")
    if status != 0:
        yield Figure(f"{name}/gave-up", seconds, "s")
        why = f"not done in {TIMEOUT} s of processor time" if status is None else f"exit {status}"
        print(f"bench: {name}: {why}: {' '.join(text.split())[:200]}", file=sys.stderr)


def bailiff(build, scratch):
    for shape, count in BAILIFF:
        folder = scratch / f"{shape}-{count}"
        folder.mkdir()
        for first in range(0, count, FILE_PATHS):
            paths = map(SHAPES[shape], range(first, min(count, first + FILE_PATHS)))
            (folder / f"{first}.yaml").write_text(places.policy(f"{shape}-{first}", paths))
        # A diagnostic is an answer for globs that multiply, and for nothing else.
        yield from figures_of(build / "bench/spent", f"compile/bailiff/{shape}/{count}",
                              [str(build / "bailiff"), "check", str(folder)],
                              diagnosed=(INVALID,) if shape == "both-sides" else ())
        shutil.rmtree(folder)


def apparmor(build, scratch):
    parser = shutil.which("apparmor_parser", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not parser:
        raise BenchError("there is no apparmor_parser; scripts/packages has it")
    for shape, count in APPARMOR:
        path = scratch / f"{shape}-{count}"
        path.write_text(places.apparmor_profile(map(SHAPES[shape], range(count))))
        yield from figures_of(build / "bench/spent", f"compile/apparmor/{shape}/{count}",
                              [parser, "--skip-kernel-load", "--skip-cache", "--ofile=/dev/null", str(path)])


def compiler(build):
    """bench/compile_bench.cc: from the text to the image, in one process."""
    print("bench: compiler", file=sys.stderr)
    done = subprocess.run([str(build / "bench/compile_bench"), "--benchmark_format=json"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    if done.returncode:
        raise BenchError(f"compile_bench: exit {done.returncode}")
    for run in json.loads(done.stdout)["benchmarks"]:
        name = run["name"].replace("CompileText", "compiler", 1)
        yield Figure(f"{name}/{'refused' if run['refused'] else 'time'}", run["cpu_time"], run["time_unit"])
        yield Figure(f"{name}/peak", run["peak_MiB"], "MiB")


def measure(build: pathlib.Path, scratch: pathlib.Path):
    """{name: Figure}"""
    return {figure.name: figure
            for figure in [*bailiff(build, scratch), *apparmor(build, scratch), *compiler(build)]}
