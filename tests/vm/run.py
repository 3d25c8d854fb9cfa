#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the cases on every kernel of the matrix. What cannot run is a failure, unless its case expects a skip."""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import signal
import sys
import tempfile
import threading
import time

import cache
import cases
import fetch
import rig
import rootfs
from guest import expect

BATCH = 40  # cases per guest: enough that booting hardly counts, few enough to keep all jobs busy
JOBS = len(os.sched_getaffinity(0)) + 1  # a guest is one thread, and waits a third of its time: for grace periods of RCU
GRACE_SECONDS = 90  # for applying, restoring and a slow host, beside the steps' own limits
RESULTS = {"pass": "ok", "fail": "FAIL", "skip": "skip"}

Result = collections.namedtuple("Result", "kernel case outcome why seconds", defaults=[None])


class Report:
    """Prints results as they come. Thread-safe."""

    def __init__(self, folder):
        self.lock, self.folder, self.counts = threading.Lock(), folder, collections.Counter()

    def add(self, result):
        took = "" if result.seconds is None else f" ({result.seconds} s)"
        lines = [f"{RESULTS[result.outcome]} {result.kernel} {result.case}{took}", *("    " + line for line in result.why)]
        with self.lock:
            if rig.stopping.is_set():
                return  # the guest was killed by us, not by its case
            self.counts[result.outcome] += 1
            print("\n".join(lines), flush=True)
            if self.folder:
                with open(self.folder / "results.txt", "a", encoding="utf-8") as file:
                    file.write("\n".join(lines) + "\n")

    def keep_console(self, name, text):
        if self.folder:
            (self.folder / f"{name}.console").write_text(text, encoding="utf-8")


def batches(selected, icount):
    """[(Boot, cases)], what takes longest first, so that no guest is left to run alone for long. A case that leaves
    something behind gets a guest of its own."""
    groups = collections.defaultdict(list)
    for kernel, case in selected:
        alone = case["name"] if "leaves" in case else None
        groups[rig.Boot(kernel, icount=icount, **case["boot"]), alone].append(case)
    found = [(boot, group[at:at + BATCH]) for (boot, _), group in groups.items() for at in range(0, len(group), BATCH)]
    return sorted(found, key=lambda one: -sum(map(seconds_for, one[1])))


def seconds_for(case):
    return sum(step.get("timeout", 30) for step in case["steps"]) + GRACE_SECONDS


def judged(case, kernel, outcome, why):
    """An expected skip that does not happen is as wrong as an unexpected one."""
    reason = case["expect-skip"].get(kernel)
    if outcome == "skip" and reason is None:
        return Result(kernel, case["name"], "fail", ["skipped, and the case does not expect that", *why])
    if outcome == "skip":
        return Result(kernel, case["name"], "skip", [reason])
    if outcome == "pass" and reason is not None:
        return Result(kernel, case["name"], "fail", [f"ran and passed, but expects to be skipped: {reason}"])
    return Result(kernel, case["name"], outcome, why)


def run_batch(boot, batch, payload, work, report):
    """Boots until every case of the batch has its result: a guest that broke is not used any further."""
    pending, boots = list(batch), 0
    while pending:
        boots += 1
        session = Session(boot, pending, report)
        session.run(payload, work / str(boots))
        report.keep_console(f"{boot.kernel}-{work.name}-{boots}", session.console)
        pending = pending[session.finished:]


class Session:
    """One guest working through cases. `finished` of them have got a result, always at least one."""

    def __init__(self, boot, pending, report):
        self.boot, self.pending, self.report = boot, pending, report
        self.finished, self.started, self.failed, self.bye, self.console = 0, False, False, False, ""

    def run(self, payload, work):
        plan = {"mode": "cases", "cases": self.pending}
        scale = 10 if self.boot.icount else 1
        with rig.Guest(self.boot, payload, plan, work) as guest:
            silent = self.follow(guest, scale)
            if not silent:
                guest.process.wait()
            self.console = guest.console()
        ended = f"no word from the guest for {silent} seconds" if silent else "the guest ended without a result"
        if not self.bye:
            self.conclude(ended)
        elif silent or (not self.failed and expect.TROUBLE.search(self.console)):
            why = self.evidence(f"trouble after the last case; {ended}" if silent else "trouble in the kernel's log")
            self.add(Result(self.boot.kernel, "rig/end", "fail", why))

    def follow(self, guest, scale):
        """Handles what the guest reports until it is gone; then returns 0; or else the seconds
        it said nothing."""
        buffer, limit = b"", rig.BOOT_SECONDS * scale
        deadline = time.monotonic() + limit
        while True:
            try:
                data = guest.read(deadline)
            except TimeoutError:
                return limit
            if not data:
                return 0
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                self.handle(line)
            if lines and self.finished < len(self.pending):
                limit = seconds_for(self.pending[self.finished]) * scale
                deadline = time.monotonic() + limit

    def handle(self, line):
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict) or "event" not in event:
            return  # a test wrote to the port; what matters is the results it should carry
        if event["event"] == "ready" and event["trouble"]:
            self.add(Result(self.boot.kernel, "rig/boot", "fail", event["trouble"]))
        self.started = self.started or event["event"] == "start"
        self.bye = self.bye or event["event"] == "bye"
        if event["event"] == "done":
            case = self.pending[self.finished]
            self.finished, self.started = self.finished + 1, False
            result = judged(case, self.boot.kernel, event["outcome"], event["why"])
            self.add(result._replace(seconds=event["seconds"]))

    def conclude(self, ended):
        """The guest is gone too early. The case it was at failed; if it never came that far, all did."""
        victims = self.pending[self.finished:]
        when = "between cases"
        if self.started:
            when = "while this case ran"
        elif not self.finished:
            when = "before the first case"
        why = self.evidence(f"{ended}, {when}")
        for case in victims if when == "before the first case" else victims[:1]:
            self.finished += 1
            self.add(Result(self.boot.kernel, case["name"], "fail", why))

    def evidence(self, title):
        return [title, f"booted with {self.boot.command_line()}",
                *("console: " + line for line in rig.telling_lines(self.console))]

    def add(self, result):
        self.failed = self.failed or result.outcome == "fail"
        self.report.add(result)


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--payload", type=pathlib.Path, help="directory the guest sees as /bailiff; programs in bin/")
    parser.add_argument("--cases", type=pathlib.Path, default=rig.HERE / "cases", help="directory of case files")
    parser.add_argument("--kernel", action="append", metavar="NAME", help="only this kernel of the matrix")
    parser.add_argument("--case", action="append", metavar="GLOB", help="only cases whose name matches")
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"guests at a time ({JOBS})")
    parser.add_argument("--icount", action="store_true", help="let instructions be the guest's clock")
    parser.add_argument("--results", type=pathlib.Path, help="directory for results.txt and every boot's console")
    parser.add_argument("--list", action="store_true", help="check the case files, list what would run")
    given = parser.parse_args()
    if not given.list and not given.payload:
        parser.error("--payload is missing")
    return given


def chosen(given):
    """The (kernel, case) pairs the command line asks for. Asking for nothing is a mistake."""
    matrix = fetch.matrix()
    unknown = set(given.kernel or ()) - set(matrix)
    if unknown:
        sys.exit(f"vm: no kernel {', '.join(unknown)} in the matrix ({', '.join(matrix)})")
    try:
        loaded = cases.load(given.cases, list(matrix))
    except cases.CaseError as error:
        sys.exit(f"vm: {error}")
    return cases.select(loaded, given.kernel or matrix, given.case) or sys.exit("vm: no case to run")


def main():
    given = options()
    selected = chosen(given)
    if given.list:
        print("\n".join(f"{kernel} {case['name']}" for kernel, case in selected))
        return
    if any("policy" in case for _, case in selected) and not (given.payload / "bin/bailiff").exists():
        sys.exit(f"vm: cases apply policies and {given.payload}/bin/bailiff does not exist")
    if given.results:
        given.results.mkdir(parents=True, exist_ok=True)
        (given.results / "results.txt").write_text("")
    for kernel in dict.fromkeys(kernel for kernel, _ in selected):
        fetch.kernel(kernel)
    rootfs.image()
    sys.exit(run_all(batches(selected, given.icount), given, Report(given.results)))


def run_all(work_list, given, report):
    # A terminated run removes its files and guests as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cache.say(f"{sum(len(batch) for _, batch in work_list)} cases in {len(work_list)} boots, {given.jobs} at a time")
    with tempfile.TemporaryDirectory(prefix="bailiff-vm-") as work:
        work = pathlib.Path(work)
        payload = rig.payload_image(given.payload, work)
        pool = concurrent.futures.ThreadPoolExecutor(given.jobs)
        try:
            futures = [pool.submit(run_batch, boot, batch, payload, work / str(number), report)
                       for number, (boot, batch) in enumerate(work_list)]
            for future in futures:
                future.result()
        except BaseException:
            rig.kill_guests()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    counts = report.counts
    print(f"vm: {counts['pass']} passed, {counts['fail']} failed, {counts['skip']} skipped")
    return 1 if counts["fail"] else 0


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
