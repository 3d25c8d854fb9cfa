# SPDX-License-Identifier: Apache-2.0
"""The parts of the rig that need no machine: case files, expectations, what becomes of a result."""

import pathlib
import tempfile
import unittest

import cases
import fetch
import rig
import run
from guest import expect

KERNELS = ["6.1", "6.12", "newest"]


def document(**case):
    return {"cases": [{"name": "a", "steps": [{"run": "true"}], **case}]}


def step(**step_):
    return document(steps=[{"run": "true", **step_}])


class CaseFiles(unittest.TestCase):
    # (what is wrong, the document, part of the message)
    REFUSED = [
        ("no cases", {}, "'cases' is missing"),
        ("file key", {"cases": [], "case": []}, "unknown key 'case'"),
        ("case key", document(step=[]), "unknown key 'step'"),
        ("step key", step(stdot="x"), "unknown key 'stdot'"),
        ("expectation key", step(stdout={"equal": "x"}), "unknown key 'equal'"),
        ("empty expectation", step(stdout={}), "expects nothing"),
        ("boot key", document(boot={"lsms": "x"}), "unknown key 'lsms'"),
        ("no steps", document(steps=[]), "no steps"),
        ("bad name", document(name="a b"), "a name is words"),
        ("no such kernel", document(kernels=[5.1]), "no kernel '5.1'"),
        ("no such user", step(**{"as": "eve"}), "no user 'eve'"),
        ("truth as a number", step(exit=True), "of the wrong kind"),
        ("word that is a number", step(run=["sleep", 1]), "a list of words"),
        ("mode YAML took for a number", document(files={"x": {"text": "", "mode": 420}}), "of the wrong kind"),
        ("mode without a zero", document(files={"x": {"text": "", "mode": "644"}}), "octal"),
        ("two contents", document(files={"x": {"text": "", "dir": True}}), "one of text, copy, dir"),
        ("skip nobody decides", document(**{"expect-skip": {6.1: "x"}}), "without `needs`"),
        ("leaves", document(leaves="dirt"), "leaves"),
    ]

    def test_refuses(self):
        for title, wrong, message in self.REFUSED:
            with self.subTest(title), self.assertRaisesRegex(cases.CaseError, message):
                cases.parse(wrong, "x.yaml", KERNELS)

    def test_kernels_default_to_all_and_numbers_are_names(self):
        self.assertEqual(cases.parse(document(), "x", KERNELS)[0]["kernels"], KERNELS)
        parsed = cases.parse(document(kernels=[6.1, 6.12]), "x", KERNELS)
        self.assertEqual(parsed[0]["kernels"], ["6.1", "6.12"])

    def test_boot_of_a_case_overrides_its_file(self):
        text = {**document(boot={"append": "x"}), "boot": {"lsm": "bpf", "append": "y"}}
        self.assertEqual(cases.parse(text, "x", KERNELS)[0]["boot"], {"lsm": "bpf", "append": "x"})

    def load(self, *texts):
        with tempfile.TemporaryDirectory() as folder:
            for number, text in enumerate(texts):
                (pathlib.Path(folder) / f"{number}.yaml").write_text(text)
            return cases.load(pathlib.Path(folder), KERNELS)

    def test_refuses_a_key_given_twice(self):
        with self.assertRaisesRegex(cases.CaseError, "given twice"):
            self.load("cases: []\ncases: []\n")

    def test_refuses_a_name_given_twice(self):
        one = "cases: [{name: a, steps: [{run: x}]}]\n"
        with self.assertRaisesRegex(cases.CaseError, "a is also in"):
            self.load(one, one)

    def test_the_cases_of_the_repository_are_well_formed(self):
        self.assertTrue(cases.load(rig.HERE / "cases", list(fetch.matrix())))

    def test_select(self):
        parsed = cases.parse(document(kernels=[6.1]), "x", KERNELS)
        self.assertEqual([kernel for kernel, _ in cases.select(parsed, KERNELS, None)], ["6.1"])
        self.assertEqual(cases.select(parsed, ["6.12"], None), [])
        self.assertEqual(cases.select(parsed, KERNELS, ["b*"]), [])


class Expectations(unittest.TestCase):
    # (the step's promises, exit, stdout, what is wrong)
    TABLE = [
        ({}, 0, "", []),
        ({}, 1, "", ["exit: expected 0, got 1"]),
        ({"exit": [1, 2]}, 2, "", []),
        ({"exit": [1, 2]}, 0, "", ["exit: expected 1 or 2, got 0"]),
        ({"exit": 1}, "timeout", "", ["exit: expected 1, got timeout"]),
        ({"errno": "EPERM"}, 1, "holding\nEPERM\n", []),
        ({"errno": "EPERM"}, 1, "EACCES\n", ["errno: expected EPERM, got 'EACCES'"]),
        ({"errno": "EPERM"}, 0, "ok\n", ["exit: expected 1, got 0", "errno: expected EPERM, got 'ok'"]),
        ({"errno": "ok"}, 0, "ok\n", []),
        ({"errno": "EPERM"}, 1, "", ["errno: expected EPERM, got ''"]),
        ({"stdout": "b"}, 0, "abc", []),
        ({"stdout": "x"}, 0, "abc", ["stdout: expected to contain 'x'"]),
        ({"stdout": {"equals": "abc"}}, 0, "abc\n", ["stdout: expected exactly 'abc'"]),
        ({"stdout": {"absent": "b"}}, 0, "abc", ["stdout: expected not to contain 'b'"]),
        ({"stdout": {"regex": "^b$"}}, 0, "a\nb\n", []),
        ({"stdout": ["a", {"regex": "x"}]}, 0, "a", ["stdout: expected to match /x/"]),
        ({"stdout": {"json": {"a.0.b": 1}}}, 0, '{"a": [{"b": 1}]}', []),
        ({"stdout": {"json": {"a": 1}}}, 0, '{"a": 2}', ["stdout: expected a = 1, got 2"]),
        ({"stdout": {"json": {"a": 1, "b": 2}}}, 0, '{"a": 1}\n{"a": 1, "b": 2}\n', []),
        ({"stdout": {"json": {"a": 1, "b": 2}}}, 0, '{"a": 1}\n{"b": 2}\n', ["stdout: expected b = 2, got nothing"]),
        ({"stdout": {"json": {"a": 1}}}, 0, "no", ["stdout: expected JSON"]),
        ({"stdout": {"json": {"a": None}}}, 0, "{}", ["stdout: expected a = null, got nothing"]),
        ({"stdout": {"json": {"a": True}}}, 0, '{"a": 1}', ["stdout: expected a = true, got 1"]),
    ]

    def test_table(self):
        for promised, status, stdout, wrong in self.TABLE:
            with self.subTest(promised=promised, stdout=stdout):
                got = expect.problems(promised, {"exit": status, "stdout": stdout, "stderr": ""})
                self.assertEqual(got, wrong)

    def test_trouble(self):
        for line in ("BUG: kernel NULL pointer dereference", "WARNING: CPU: 0 PID: 1 at kernel/bpf/x.c:1",
                     "Oops: 0000 [#1] PREEMPT", "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
                     "Kernel panic - not syncing: x", "INFO: task x:1 blocked for more than 120 seconds."):
            self.assertTrue(expect.TROUBLE.search(line), line)
        for line in ("tsc: Unable to calibrate against PIT", "sysrq: Resetting", "EXT4-fs (nvme0n1p1): mounted"):
            self.assertFalse(expect.TROUBLE.search(line), line)


class Results(unittest.TestCase):
    CASE = {"name": "a", "expect-skip": {"6.1": "too old"}}

    def test_a_skip_is_right_only_where_it_is_expected(self):
        for kernel, outcome, judged in [("6.1", "skip", "skip"), ("6.1", "pass", "fail"), ("6.1", "fail", "fail"),
                                        ("6.12", "skip", "fail"), ("6.12", "pass", "pass"), ("6.12", "fail", "fail")]:
            with self.subTest(kernel=kernel, outcome=outcome):
                self.assertEqual(run.judged(self.CASE, kernel, outcome, []).outcome, judged)

    def test_equal_boots_share_a_guest_and_leavers_have_their_own(self):
        def case(name, **more):
            return {"name": name, "boot": {}, "steps": [{"run": "true"}], **more}
        selected = [("6.1", case("a")), ("6.1", case("b", leaves="pins")), ("6.1", case("c")),
                    ("6.1", case("d", boot={"append": "x"})), ("6.12", case("a"))]
        shape = [(boot.kernel, [case["name"] for case in batch]) for boot, batch in run.batches(selected, False)]
        self.assertEqual(shape, [("6.1", ["a", "c"]), ("6.1", ["b"]), ("6.1", ["d"]), ("6.12", ["a"])])
        selected.append(("6.12", case("e", boot={"append": "x"}, steps=[{"run": "sleep 900", "timeout": 900}])))
        self.assertEqual([case["name"] for case in run.batches(selected, False)[0][1]], ["e"])

    def test_telling_lines_begin_at_the_trouble(self):
        log = [f"line {number}" for number in range(100)]
        self.assertEqual(rig.telling_lines("\n".join(log))[-1], "line 99")
        log[50] = "BUG: here"
        self.assertIn("BUG: here", rig.telling_lines("\n".join(log))[:3])


if __name__ == "__main__":
    unittest.main()
