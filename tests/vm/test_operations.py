# SPDX-License-Identifier: Apache-2.0
"""Each operation of abi/operations.def has cases `WORD/allowed...` and `WORD/denied...`, on every kernel; each selector of
abi/selectors.def a case `who/WORD` or `subject/...`, which has both, and one of the cases `target/...`."""

import pathlib
import re
import unittest

import cases
import fetch

HERE = pathlib.Path(__file__).resolve().parent
ROW = re.compile(r'^BLF_OPERATION\(\w+, "([^"]+)"', re.M)
SELECTOR = re.compile(r'^BLF_(?:PATH|NUMBER)_SELECTOR\(\w+, \w+, "([^"]+)"', re.M)
OLDER = {"exe": "subject/except-executable", "uid": "subject/uid"}


def words():
    return ROW.findall((HERE.parent.parent / "abi" / "operations.def").read_text(encoding="utf-8"))


def selectors():
    return SELECTOR.findall((HERE.parent.parent / "abi" / "selectors.def").read_text(encoding="utf-8"))


def on_all(loaded, kernels):
    return {case["name"] for case in loaded if set(kernels) <= set(case["kernels"]) - set(case["expect-skip"])}


def missing(operations, loaded, kernels):
    """The cases that are wanted and not there."""
    everywhere = on_all(loaded, kernels)
    wanted = [f"{word}/{verdict}" for word in operations for verdict in ("allowed", "denied")]
    return [begin for begin in wanted if not any(name.startswith(begin) for name in everywhere)]


class Operations(unittest.TestCase):
    def test_each_has_an_allow_and_a_deny_case(self):
        kernels = list(fetch.matrix())
        self.assertGreater(len(words()), 20)
        self.assertEqual(missing(words(), cases.load(HERE / "cases", kernels), kernels), [])

    def test_each_selector_has_a_case(self):
        kernels = list(fetch.matrix())
        everywhere = on_all(cases.load(HERE / "cases", kernels), kernels)
        self.assertGreater(len(selectors()), 10)
        self.assertEqual([word for word in selectors() if OLDER.get(word, f"who/{word}") not in everywhere], [])

    def test_each_selector_has_a_case_as_a_target(self):
        kernels = list(fetch.matrix())
        loaded = cases.load(HERE / "cases", kernels)
        targets = on_all(loaded, kernels)
        texts = "".join(str(case) for case in loaded if case["name"].startswith("target/") and case["name"] in targets)
        self.assertEqual([word for word in selectors() if f"target-{word}:" not in texts], [])

    def test_notices_what_is_missing(self):
        document = {"cases": [{"name": name, "steps": [{"run": "true"}], **more} for name, more in (
            ("file.open/allowed", {}), ("file.open/denied-somehow", {}),
            ("exec/allowed", {}), ("exec/denied", {"kernels": ["6.1"]}))]}
        loaded = cases.parse(document, "x", ["6.1", "6.12"])
        self.assertEqual(missing(["file.open", "exec"], loaded, ["6.1", "6.12"]), ["exec/denied"])


if __name__ == "__main__":
    unittest.main()
