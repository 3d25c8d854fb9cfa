# SPDX-License-Identifier: Apache-2.0
"""Figures, and limits.yaml that judges them: pure functions of text and values.

A figure is a name, a number and a unit. The first part of a name is its group: open/6.12/empty/7."""

import dataclasses
import fnmatch
import itertools
import json

import yaml

ROW = {"figure", "over", "as", "for", "limit", "wanted", "says"}


class BenchError(Exception):
    """What was measured cannot be used; the message says why."""


@dataclasses.dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str


@dataclasses.dataclass(frozen=True)
class Line:
    """A figure as it is printed: judged when it has a limit. No value: it was not measured, a MISS."""
    name: str
    value: float | None
    unit: str
    limit: float | None = None
    wanted: float | None = None
    says: str = ""

    @property
    def verdict(self):
        if self.limit is None:
            return "-"
        return "ok" if self.value is not None and self.value <= self.limit else "MISS"

    @property
    def reached_wanted(self):
        return None not in (self.wanted, self.value) and self.value <= self.wanted

    def text(self):
        value = "not-measured" if self.value is None else number(self.value)
        limit = "-" if self.limit is None else number(self.limit)
        wanted = f" (wanted: {number(self.wanted)})" if self.reached_wanted else ""
        return f"{self.name} {value} {self.unit} {limit} {self.verdict}{wanted}"

    def json(self):
        return {"name": self.name, "value": self.value, "unit": self.unit, "limit": self.limit, "wanted": self.wanted,
                "verdict": self.verdict, "says": self.says}


def number(value):
    """Whole numbers whole, others with three digits that mean something."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def parse(text, kernel=None):
    """The lines `figure NAME VALUE UNIT` of a program's output, as {name: Figure}. In a guest's names the kernel goes
    behind the group."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("figure "):
            continue
        words = line.split()
        try:
            _, name, value, unit = words
            value = float(value)
        except ValueError:
            raise BenchError(f"not a figure: {line!r}") from None
        if kernel:
            group, slash, rest = name.partition("/")
            name = f"{group}/{kernel}{slash}{rest}"
        if name in found:
            raise BenchError(f"{name} is measured twice")
        found[name] = Figure(name, value, unit)
    return found


def read_limits(text):
    """The rows of limits.yaml, checked: a misspelt key must not be a limit that limits nothing."""
    rows = yaml.safe_load(text)
    for row in rows:
        if not isinstance(row, dict) or set(row) - ROW or not {"figure", "limit", "says"} <= set(row):
            raise BenchError(f"limits: a row has figure, limit, says and may have {', '.join(sorted(ROW))}: {row}")
        if ("over" in row) != ("as" in row):
            raise BenchError(f"limits: {row['figure']}: `over` and `as` go together")
        row["for"] = {key: [str(value) for value in values] for key, values in row.get("for", {}).items()}
    return rows


def of_run(rows, groups, kernels):
    """The rows about what was run, with fewer kernels when fewer were."""
    for row in rows:
        if row["figure"].split("/")[0] not in groups:
            continue
        wanted = row["for"].get("kernel")
        if wanted is None:
            yield row
        elif few := [kernel for kernel in wanted if kernel in kernels]:
            yield {**row, "for": {**row["for"], "kernel": few}}


def expand(row):
    """(name, the name it is divided by or None) for every combination of the row's values."""
    for values in itertools.product(*row["for"].values()):
        chosen = dict(zip(row["for"], values))
        yield row["figure"].format(**chosen), row["over"].format(**chosen) if "over" in row else None


def judge_row(row, figures):
    """The lines of one limit. A name with `*` is as many as were measured, and at least one."""
    for name, over in expand(row):
        for found in fnmatch.filter(figures, name) or [name]:
            yield judge_one(row, figures.get(found), found, figures.get(over), over)


def judge_one(row, figure, name, base, over):
    verdict = {"limit": row["limit"], "wanted": row.get("wanted"), "says": row["says"]}
    if over is None:
        return Line(name, figure and figure.value, figure.unit if figure else "-", **verdict)
    value = figure.value / base.value if figure and base and base.value > 0 else None
    return Line(f"{name}:{row['as']}", value, "x", **verdict)


def judge(figures, rows):
    """Every figure as a line, in its place when a row limits it as it is; the ratios behind them."""
    lines = {name: Line(name, figure.value, figure.unit) for name, figure in figures.items()}
    for row in rows:
        for line in judge_row(row, figures):
            if line.name in lines and lines[line.name].limit is not None:
                raise BenchError(f"limits: two rows limit {line.name}")
            lines[line.name] = line
    return list(lines.values())


def to_json(lines, about):
    return json.dumps({**about, "figures": [line.json() for line in lines]}, indent=1)
