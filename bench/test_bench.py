# SPDX-License-Identifier: Apache-2.0
"""The parts of the bench that measure nothing: reading figures, judging them, filling the document."""

import contextlib
import io
import pathlib
import re
import tempfile
import unittest

import bench
import compile_time
import document
import figures
import places
from figures import BenchError, Figure, Line

HERE = pathlib.Path(__file__).parent


def rows(text):
    return figures.read_limits(text)


def some(**values):
    return {name.replace("__", "/"): Figure(name.replace("__", "/"), value, "instructions")
            for name, value in values.items()}


class Parse(unittest.TestCase):
    def test_takes_figures_and_leaves_the_rest(self):
        found = figures.parse("booting\nfigure open/empty/1 183 instructions\nnear 5\nfigure a 1.5 s\n")
        self.assertEqual(list(found.values()), [Figure("open/empty/1", 183, "instructions"), Figure("a", 1.5, "s")])

    def test_the_kernel_goes_behind_the_group(self):
        self.assertEqual(list(figures.parse("figure open/empty/1 183 i", "6.12")), ["open/6.12/empty/1"])

    def test_refuses(self):
        for title, text in [("no unit", "figure a 1"), ("no number", "figure a - s"), ("too many words", "figure a 1 s s"),
                            ("the same twice", "figure a 1 s\nfigure a 1 s")]:
            with self.subTest(title), self.assertRaises(BenchError):
                figures.parse(text)


class Limits(unittest.TestCase):
    def test_refuses(self):
        for title, text in [("unknown key", "- {figure: a, limit: 1, says: x, limt: 2}"),
                            ("no limit", "- {figure: a, says: x}"), ("no says", "- {figure: a, limit: 1}"),
                            ("over without as", "- {figure: a, over: b, limit: 1, says: x}"), ("no mapping", "- a")]:
            with self.subTest(title), self.assertRaises(BenchError):
                rows(text)

    def test_every_combination(self):
        row = rows("- {figure: 'o/{k}/{n}', over: 'o/{k}/e', as: f, for: {k: [6.1, b], n: [1, 2]}, limit: 1, says: x}")
        self.assertEqual(list(figures.expand(row[0])), [("o/6.1/1", "o/6.1/e"), ("o/6.1/2", "o/6.1/e"),
                                                        ("o/b/1", "o/b/e"), ("o/b/2", "o/b/e")])

    def test_of_a_part_of_the_groups_and_kernels(self):
        table = rows("- {figure: 'open/{kernel}', for: {kernel: [a, b]}, limit: 1, says: x}\n"
                     "- {figure: 'open/{kernel}', for: {kernel: [c]}, limit: 1, says: x}\n"
                     "- {figure: compile, limit: 1, says: x}\n")
        kept = list(figures.of_run(table, ["open"], ["b"]))
        self.assertEqual([name for row in kept for name, _ in figures.expand(row)], ["open/b"])
        self.assertEqual(len(list(figures.of_run(table, ["open", "compile"], ["a", "b", "c"]))), 3)


class Judge(unittest.TestCase):
    # (the row, what was measured, the lines it must give)
    TABLE = [
        ("{figure: a, limit: 10, says: x}", some(a=10), ["a 10 instructions 10 ok"]),
        ("{figure: a, limit: 10, says: x}", some(a=11), ["a 11 instructions 10 MISS"]),
        ("{figure: a, limit: 10, wanted: 5, says: x}", some(a=5), ["a 5 instructions 10 ok (wanted: 5)"]),
        ("{figure: a, limit: 10, wanted: 5, says: x}", some(a=6), ["a 6 instructions 10 ok"]),
        ("{figure: a, limit: 10, says: x}", some(b=1), ["b 1 instructions - -", "a not-measured - 10 MISS"]),
        ("{figure: a, limit: 10, says: x}", some(a=-3), ["a -3 instructions 10 ok"]),
        ("{figure: a, over: b, as: x-b, limit: 2.2, says: x}", some(a=219, b=100),
         ["a 219 instructions - -", "b 100 instructions - -", "a:x-b 2.19 x 2.2 ok"]),
        ("{figure: a, over: b, as: x-b, limit: 2.2, says: x}", some(a=221, b=100),
         ["a 221 instructions - -", "b 100 instructions - -", "a:x-b 2.21 x 2.2 MISS"]),
        ("{figure: a, over: b, as: x-b, limit: 2, says: x}", some(a=1), ["a 1 instructions - -",
                                                                       "a:x-b not-measured x 2 MISS"]),
        # A floor of nothing, or below, is not one.
        ("{figure: a, over: b, as: x-b, limit: 2, says: x}", some(a=1, b=0),
         ["a 1 instructions - -", "b 0 instructions - -", "a:x-b not-measured x 2 MISS"]),
        ("{figure: a/*, limit: 2, says: x}", some(a__p=1, a__q=3), ["a/p 1 instructions 2 ok", "a/q 3 instructions 2 MISS"]),
        ("{figure: a/*, limit: 2, says: x}", some(b=1), ["b 1 instructions - -", "a/* not-measured - 2 MISS"]),
    ]

    def test_table(self):
        for row, measured, expected in self.TABLE:
            with self.subTest(row=row, measured=measured):
                lines = figures.judge(measured, rows("- " + row))
                self.assertEqual([line.text() for line in lines], expected)

    def test_a_figure_has_one_limit(self):
        with self.assertRaisesRegex(BenchError, "two rows limit a"):
            figures.judge(some(a=1), rows("- {figure: a, limit: 1, says: x}\n- {figure: a, limit: 2, says: x}"))

    def test_numbers(self):
        for value, text in [(183.0, "183"), (2.186, "2.19"), (0.0512, "0.0512"), (12345678.0, "12345678"),
                            (1234.5, "1234"), (-4.0, "-4"), (1.0, "1")]:
            self.assertEqual(figures.number(value), text)


class TheTable(unittest.TestCase):
    """limits.yaml itself, against figures that satisfy it."""

    def setUp(self):
        self.rows = rows((HERE / "limits.yaml").read_text())
        self.figures = {}
        for row in self.rows:
            for name, over in figures.expand(row):
                name = name.replace("*", "program")
                self.figures[name] = Figure(name, 1, "instructions")
                if over:
                    self.figures[over] = Figure(over, 100, "instructions")

    def test_every_limit_is_of_a_group_and_can_be_missed(self):
        self.assertLessEqual({row["figure"].split("/")[0] for row in self.rows}, set(bench.GROUPS))
        self.assertTrue(all(line.verdict == "MISS" for line in figures.judge({}, self.rows)))

    def test_depths_and_paths_are_those_that_are_measured(self):
        for row in self.rows:
            if row["figure"].startswith("open/"):
                self.assertLessEqual(set(row["for"].get("depth", [])), set(places.WARM), row)
                self.assertLessEqual(set(row["for"].get("paths", [])), set(map(str, places.PATHS)), row)

    def test_compiled_shapes_are_those_that_are_measured(self):
        measured = {f"compile/bailiff/{shape}/{count}" for shape, count in compile_time.BAILIFF}
        limited = {row["figure"].rpartition("/")[0] for row in self.rows if row["figure"].startswith("compile/")}
        self.assertTrue(limited)
        self.assertLessEqual(limited, measured)

    def test_the_document_can_be_filled_and_has_every_table(self):
        lines = figures.judge(self.figures, self.rows)
        run = document.Run(figures.to_json(lines, {"commit": "c", "processor": "p",
                                                   "kernels": {"6.1": "r1", "6.12": "r2", "newest": "r3"}}))
        text = (HERE.parent / "docs/PERFORMANCE.md").read_text(encoding="utf-8")
        self.assertEqual({name for _, name, _ in document.PLACE.findall(text)}, set(document.tables(run)))
        once = document.filled(text, run)
        self.assertEqual(document.filled(once, run), once)
        self.assertIn("| parent dead, against an empty program |", once)

    def test_a_row_of_the_document_is_its_worst_figure(self):
        lines = [Line("a/1", 1, "x", 3, 2, "a"), Line("a/2", 2.5, "x", 3, 2, "a"), Line("b", None, "x", 1, None, "b"),
                 Line("c", 1, "x", 3, 2, "c")]
        run = document.Run(figures.to_json(lines, {"kernels": {}}))
        self.assertEqual(document.limits_table(run).splitlines()[2:],
                         ["| a | 2.5 x | 3 | 2 | ok |", "| b | not measured | 1 |  | MISS |",
                          "| c | 1 x | 3 | 2 | ok, as wanted |"])


class Places(unittest.TestCase):
    def test_depths_are_what_they_are_called(self):
        for label, directory in places.WARM.items():
            self.assertEqual(f"{directory}/{places.FILE}".count("/"), int(label.split("-")[0]), label)
        self.assertEqual(places.COLD_7.count("/"), 6)
        self.assertEqual(places.COLD_32.count("/"), 31)
        self.assertEqual(places.FIRST.count("/"), 5)

    def test_policies_have_as_many_paths_as_they_say_and_none_is_opened(self):
        opened = {f"{directory}/{places.FILE}" for directory in places.WARM.values()}
        for name, paths in places.policies().items():
            self.assertEqual(len(paths), len(set(paths)), name)
            self.assertFalse(opened & set(paths), name)
            if match := re.search(r"^(?:dead|live)-(\d+)", name):
                self.assertEqual(len(paths), int(match[1]), name)

    def test_what_guests_read_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            places.write(pathlib.Path(folder))
            text = (pathlib.Path(folder) / "places.sh").read_text()
            needed = set()
            for script in (HERE / "guest").glob("*.sh"):
                needed |= set(re.findall(r"\$\{?(DEPTHS|PATHS|COLD_\d+|DEEP|FIRST)\b", script.read_text()))
            self.assertEqual({name for name in needed if f"{name}=" not in text}, set())

    def test_every_group_of_the_vm_has_a_script(self):
        for group in bench.IN_VM:
            self.assertTrue((HERE / f"guest/{group}.sh").exists(), group)


class Compilers(unittest.TestCase):
    # (exit status of the run, statuses that are an answer, the last parts of the figures' names)
    TABLE = [(0, (), ["seconds", "peak"]), (5, (), ["gave-up"]), (5, (5,), ["seconds", "peak", "gave-up"]),
             (1, (5,), ["gave-up"]), (137, (), ["gave-up"]), (152, (5,), ["gave-up"])]

    def test_what_a_run_gives(self):
        with tempfile.TemporaryDirectory() as folder:
            for status, diagnosed, expected in self.TABLE:
                spent = pathlib.Path(folder) / "spent"
                spent.write_text(f"#!/bin/sh\necho 3000000000 5000000000 2000000\nexit {status}\n")
                spent.chmod(0o755)
                with self.subTest(status=status), contextlib.redirect_stderr(io.StringIO()):
                    found = {figure.name.split("/")[1]: figure.value
                             for figure in compile_time.figures_of(spent, "n", ["compiler"], diagnosed)}
                    self.assertEqual(list(found), expected)
                    self.assertEqual(found.get("seconds", 3), 3)
                    self.assertEqual(found.get("peak", 2), 2)


if __name__ == "__main__":
    unittest.main()
