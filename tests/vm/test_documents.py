# SPDX-License-Identifier: Apache-2.0
"""The cases that documents name exist. `group/…` stands for a whole group, `group/begin…` for those that begin so."""

import pathlib
import re
import unittest

import cases
import fetch

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENTS = ("threat-model.md", "FAILING.md", "POLICY.md")
CASE = re.compile(r"`([\w.-]+/[\w.+/-]+|[\w.-]+/[\w.+/-]*…)`")


def unknown(text, names):
    """What looks like a case of a known group and is none. Whatever else has a slash is of no known group."""
    groups = {name.split("/")[0] for name in names}
    named = [word for word in CASE.findall(text) if word.split("/")[0] in groups]
    return [word for word in named
            if word not in names and not (word.endswith("…") and any(name.startswith(word[:-1]) for name in names))]


class Documents(unittest.TestCase):
    def test_name_cases_that_exist(self):
        names = {case["name"] for case in cases.load(HERE / "cases", list(fetch.matrix()))}
        for document in DOCUMENTS:
            text = (HERE.parent.parent / "docs" / document).read_text(encoding="utf-8")
            self.assertEqual(unknown(text, names), [], document)

    def test_notices_one_that_does_not(self):
        names = {"bypass/reflink", "apply/a-b"}
        text = "`bypass/reflink`, `bypass/other`, `docs/POLICY.md`, `apply/a…`, `apply/…`, `apply/b…`, `bpf/x.h`"
        self.assertEqual(unknown(text, names), ["bypass/other", "apply/b…"])


if __name__ == "__main__":
    unittest.main()
