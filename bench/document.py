# SPDX-License-Identifier: Apache-2.0
"""Fills the tables of docs/PERFORMANCE.md from what a run measured: no number there is typed by hand.

A table stands between `<!-- bench: NAME -->` and `<!-- end -->`."""

import json
import re

from figures import BenchError, number

PLACE = re.compile(r"(<!-- bench: ([\w.]+) -->\n).*?(<!-- end -->)", re.DOTALL)
ENGINES = {
    "nothing": "nothing attached",
    "empty": "+ an empty program: the floor",
    "deny_open": "+ `examples/deny_open`, one file name",
    "d_path": "+ `bpf_d_path`, hash, one look-up",
    "apparmor/1": "+ AppArmor, 1 rule",
    "apparmor/100": "+ AppArmor, 100 rules",
    "landlock/1": "+ Landlock, 1 rule",
    "landlock/100": "+ Landlock, 100 rules",
    **{f"bailiff/{state}/{paths}": f"**+ bailiff, parent {state}, {paths:,} path{'s' if paths > 1 else ''}**"
       for state in ("dead", "live") for paths in (1, 1000, 100000)},
    "after-off": "+ after `bailiff off`",
}
DEPTHS = {"1": "1 deep", "2": "2", "7": "7", "32": "32", "7-mount": "7, across a mount"}
COLD = {
    "rename/7": "7 deep, a directory renamed before",
    "move/7": "7 deep, a mount moved before",
    "first/7": "7 deep, the first open in the directory",
    "rename/32": "32 deep, a directory renamed before",
    "rename/2000": "2,000 deep, a directory renamed before",
}


class Run:
    """The figures of one run, by name."""

    def __init__(self, text):
        self.about = json.loads(text)
        self.lines = self.about.pop("figures")
        self.values = {line["name"]: line["value"] for line in self.lines if line["value"] is not None}
        self.kernels = self.about["kernels"]

    def cell(self, name, show=number):
        return show(self.values[name]) if name in self.values else "–"


def grouped(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else number(value)


def added(value):
    return ("+" if value > 0 else "") + grouped(value)


def table(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
    lines.insert(1, "|---|" + "---:|" * (len(head) - 1))
    return "\n".join(lines)


def open_table(run, kernel):
    rows = []
    for engine, title in ENGINES.items():
        cells = [run.cell(f"open/{kernel}/{engine}/{depth}", grouped if engine == "nothing" else added)
                 for depth in DEPTHS]
        if set(cells) != {"–"}:
            rows.append([title, *cells])
    return table([f"instructions, open + close, Linux {run.kernels[kernel]}", *DEPTHS.values()], rows)


OPERATION_ENGINES = {
    "nothing": "nothing attached",
    "empty": "+ empty programs on the same hooks: the floor",
    "apparmor/100": "+ AppArmor, 100 rules",
    "landlock/100": "+ Landlock, 100 rules",
    "bailiff/dead": "**+ bailiff, parent dead**",
    "bailiff/live": "**+ bailiff, parent live**",
}
OPERATIONS = ("create+unlink", "rename", "link+unlink", "mkdir+rmdir", "stat", "read", "write", "mmap-exec", "exec")


def operation_table(run, kernel):
    rows = []
    for depth in ("1", "7"):
        for engine, title in OPERATION_ENGINES.items():
            cells = [run.cell(f"operation/{kernel}/{engine}/{operation}/{depth}",
                              grouped if engine == "nothing" else added) for operation in OPERATIONS]
            if set(cells) != {"–"}:
                rows.append([f"{depth} deep: {title}", *cells])
    return table([f"instructions, Linux {run.kernels[kernel]}", *OPERATIONS], rows)


CALL_ENGINES = {
    "nothing": "nothing attached",
    "empty": "+ empty programs on the same hooks: the floor",
    "apparmor": "+ AppArmor",
    "landlock": "+ Landlock, 100 rules",
    "bailiff/deny": "**+ bailiff, rules that deny others**",
    "bailiff/closed": "**+ bailiff, closed but for this**",
    **{f"bailiff/prefixes/{where}/{count}": f"+ bailiff, {count:,} prefix{'es' if count > 1 else ''}, {where}"
       for where in ("far", "near") for count in (1, 100000)},
    "after-off": "+ after `bailiff off`",
}
CALLS = ("connect+close", "udp-send", "unix-connect", "fork+exec+wait", "kill0", "ptrace", "mount+umount")


def call_table(run, kernel):
    rows = []
    for engine, title in CALL_ENGINES.items():
        cells = [run.cell(f"call/{kernel}/{engine}/{call}", grouped if engine == "nothing" else added) for call in CALLS]
        if set(cells) != {"–"}:
            rows.append([title, *cells])
    return table([f"instructions, Linux {run.kernels[kernel]}", *CALLS], rows)


SERVICES = {"nginx": "nginx, a page of 1 KiB", "pgbench-select": "PostgreSQL, `pgbench --select-only`", "pgbench": "PostgreSQL, `pgbench`"}
STATES = {"nothing": "unconfined", "bailiff": "confined", "after-off": "after `bailiff off`"}


def service_table(run):
    return table(["instructions of the server, a request", *(f"{kernel}, {title}" for kernel in run.kernels for title in STATES.values())],
                 [[title, *(run.cell(f"service/{kernel}/{state}/{service}", grouped) for kernel in run.kernels for state in STATES)]
                  for service, title in SERVICES.items()])


def cold_table(run):
    columns = [(kernel, state) for kernel in run.kernels for state in ("dead", "live")]
    return table(["instructions added", *(f"{kernel}, {state}" for kernel, state in columns)],
                 [[title, *(run.cell(f"cold/{kernel}/{state}/{how}", added) for kernel, state in columns)]
                  for how, title in COLD.items()])


def other_table(run):
    """Start, publishing and the decision: one row a figure, one column a kernel."""
    names = []
    for line in run.lines:
        group, _, rest = line["name"].partition("/")
        kernel, _, rest = rest.partition("/")
        if group in ("start", "publish", "decide") and ":" not in rest and (group, rest, line["unit"]) not in names \
                and kernel in run.kernels:
            names.append((group, rest, line["unit"]))
    return table(["figure", *run.kernels],
                 [[f"{group}: {rest}, {unit}", *(run.cell(f"{group}/{kernel}/{rest}", grouped)
                                                for kernel in run.kernels)] for group, rest, unit in names])


def native_table(run):
    rows = [[line["name"].split("/")[-1], number(line["value"])] for line in run.lines
            if line["name"].startswith("decide/native/") and line["value"] is not None]
    return table([f"decision on {run.about['processor']}", "ns"], rows)


def compile_table(run):
    shapes = []
    for name in run.values:
        parts = name.split("/")
        if parts[0] == "compile" and parts[2:4] not in shapes:
            shapes.append(parts[2:4])
    shapes.sort(key=lambda shape: (("literal", "apart", "common-tail", "both-sides").index(shape[0]), int(shape[1])))

    def cells(tool, shape):
        stem = f"compile/{tool}/{'/'.join(shape)}"
        given_up = f"{stem}/gave-up" in run.values
        return [("gave up after " if given_up else "") + run.cell(f"{stem}/{'gave-up' if given_up else 'seconds'}"),
                run.cell(f"{stem}/peak")]
    return table(["rules", "bailiff, s", "MB", "apparmor_parser, s", "MB"],
                 [[f"{int(count):,} {shape}", *cells("bailiff", [shape, count]), *cells("apparmor", [shape, count])]
                  for shape, count in shapes])


def compiler_table(run):
    rows = []
    for name in run.values:
        stem, _, what = name.rpartition("/")
        if not name.startswith("compiler/") or what == "peak":
            continue
        _, shape, count = stem.split("/")
        refused = "refused after " if what == "refused" else ""
        rows.append([f"{int(count):,} {shape.replace('_', ' ')}", refused + run.cell(name), run.cell(f"{stem}/peak")])
    return table(["the compiler alone", "ms", "MiB"], rows)


def limits_table(run):
    """One row a limit: the worst of its figures."""
    limits = {}
    for line in run.lines:
        if line["limit"] is not None:
            limits.setdefault((line["says"], line["limit"], line["wanted"]), []).append(line)
    rows = []
    for (says, limit, wanted), lines in limits.items():
        missing = any(line["value"] is None for line in lines)
        worst = max((line for line in lines if line["value"] is not None), key=lambda line: line["value"], default=None)
        verdict = "MISS" if any(line["verdict"] == "MISS" for line in lines) else "ok"
        if verdict == "ok" and wanted is not None and worst["value"] <= wanted:
            verdict = "ok, as wanted"
        rows.append([says, "not measured" if missing else f"{grouped(worst['value'])} {worst['unit']}", grouped(limit),
                     "" if wanted is None else grouped(wanted), verdict])
    return table(["figure, the worst of those it covers", "measured", "limit", "wanted", ""], rows)


def about_table(run):
    return table(["what was run", ""], [["commit", run.about["commit"]], ["processor, for what is timed natively",
                 run.about["processor"]], *([f"kernel {name}", release] for name, release in run.kernels.items())])


def tables(run):
    found = {"about": about_table, "limits": limits_table, "cold": cold_table, "service": service_table, "other": other_table,
             "native": native_table, "compile": compile_table,
             "compiler": compiler_table}
    made = {name: make(run) for name, make in found.items()}
    return made | {f"{group}.{kernel}": make(run, kernel) for kernel in run.kernels
                   for group, make in (("open", open_table), ("operation", operation_table), ("call", call_table))}


def filled(text, run):
    made = tables(run)

    def replace(match):
        if match[2] not in made:
            raise BenchError(f"there is no table {match[2]!r}; there are {', '.join(made)}")
        return f"{match[1]}{made[match[2]]}\n{match[3]}"
    return PLACE.sub(replace, text)


def fill(path, result):
    if not result.exists():
        raise BenchError(f"{result} is not there: run ./dev bench, all groups on all kernels, first")
    run = Run(result.read_text(encoding="utf-8"))
    path.write_text(filled(path.read_text(encoding="utf-8"), run), encoding="utf-8")
    return 0
