#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/policy.schema.json agrees with the compiler on the compiler's own examples.

Needs python3-jsonschema and python3-yaml. Run from anywhere; exits 0 when all is well.
"""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTDATA = ROOT / "policy" / "testdata"

# Diagnostics that a schema can see: what is wrong is the shape or the spelling of a value.
STRUCTURAL = [
    "duplicate-entries", "empty-lists", "errnos", "hostile-bytes", "long-line", "missing-keys",
    "modes", "names", "no-values", "operations", "paths", "policy-names",
    "bad-selectors", "defaults", "several-lines", "sockets", "unknown-keys", "users", "version", "version-word", "wrong-types",
]

# Diagnostics that it cannot see: YAML itself, or what needs the meaning of a value.
OTHERS = [
    "adds-nothing", "broken-lines", "broken-off", "broken-off-early", "byte-order-mark", "can-never-match", "comma", "details", "directive", "empty", "empty-document", "empty-entry",
    "escape-sequence", "globs", "keys", "links", "lone-carriage-return", "long-paths", "never-applies",
    "no-policy", "no-separator", "not-utf8", "nul", "pattern-as-alias", "properties",
    "syntax-entry", "syntax-escape", "syntax-flow", "syntax-flow-open", "syntax-map", "syntax-other",
    "syntax-reserved", "syntax-star", "syntax-star-name", "syntax-tab", "tabs", "targets", "test", "too-deep",
    "unterminated-double", "unterminated-single", "utf-16",
]


class Loader(yaml.SafeLoader):
    """As bailiff reads YAML: only whole numbers and `null` are no text."""

    yaml_implicit_resolvers = {}


Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(0|[1-9][0-9]*)$"),
                             list("0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|Null|NULL|)$"),
                             ["~", "n", "N", ""])


def documents(path):
    return [d for d in yaml.load_all(path.read_bytes().decode(), Loader) if d is not None]


def blocks_of_manual():
    text = (ROOT / "docs" / "POLICY.md").read_text()
    for block in re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S):
        if block.startswith("bailiff:"):
            yield from yaml.load_all(block, Loader)


def rows(path, pattern):
    return re.findall(pattern, (ROOT / path).read_text(), re.M)


def implied(words):
    """By ask, the operations that it performs, as the manual lists them."""
    text = (ROOT / "abi" / "asks.def").read_text()
    table = {}
    for ask, bits in re.findall(r"^BLF_ASK\((\w+), ([^,]+), [^,]+\)$", text, re.M):
        performed = re.findall(r"BLF_BIT\((\w+)\)", bits)
        table[ask] = ", ".join(f"`{word}`" for name, word in words.items() if name in performed)
    return table


def main():
    schema = json.loads((ROOT / "docs" / "policy.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failures = []

    def expect(condition, message):
        if not condition:
            failures.append(message)

    for path in sorted((TESTDATA / "models").glob("*.yaml")):
        for document in documents(path):
            for error in validator.iter_errors(document):
                failures.append(f"{path.name} is valid, and the schema says: {error.message}")
    for document in blocks_of_manual():
        for error in validator.iter_errors(document):
            failures.append(f"an example in POLICY.md: {error.message}")

    for name in STRUCTURAL:
        invalid = any(not validator.is_valid(document)
                      for document in documents(TESTDATA / "diagnostics" / f"{name}.yaml"))
        expect(invalid, f"{name}.yaml is invalid, and the schema accepts it")

    found = {path.stem for path in (TESTDATA / "diagnostics").glob("*.yaml")}
    expect(found == set(STRUCTURAL) | set(OTHERS),
           f"list in tests/schema_test.py: {sorted(found ^ (set(STRUCTURAL) | set(OTHERS)))}")

    operations = rows("abi/operations.def",
                      r'^BLF_OPERATION\((\w+), "([^"]+)", \w+, \w+, "([^"]+)"\)')
    families = rows("abi/families.def", r'BLF_FAMILY\("([^"]+)",[^"]*"([^"]+)"\)')
    words = [word for _, word, _ in operations] + [word for word, _ in families]
    expect(operations and families and schema["definitions"]["operation"]["enum"] == words,
           "the schema's words are not those of abi/operations.def and families.def")
    meanings = [row[1:] for row in operations] + families
    expect(rows("docs/POLICY.md", r"^\| `((?:file|exec|net|mount|umount|pivot-root|chroot|kernel|namespace|process)[a-z.*-]*)` \| (.+) \|$") == meanings,
           "the tables of operations and families in docs/POLICY.md are not those of the .def")
    names = dict(row[:2] for row in operations)
    manual = rows("docs/POLICY.md", r"^\| .+ \| `([A-Z_]+)` \| (.+) \|$")
    expect(dict(manual) == implied(names),
           "the table of what implies what in docs/POLICY.md is not that of abi/asks.def")
    opens = [(names[name], ", ".join(f"`{names[one]}`" for one in re.findall(r"BLF_BIT\((\w+)\)", by)))
             for name, by in rows("abi/opens.def", r"^BLF_OPENS\((\w+), ([^;]+?)\)$")]
    expect(opens and rows("docs/POLICY.md", r"^- `([a-z.-]+)` is allowed too by (.+)$") == opens,
           "the table of what an allow opens besides in docs/POLICY.md is not that of abi/opens.def")
    blocks = sorted((yaml.load(path.read_text(), Loader) for path in
                     (ROOT / "policies" / "base").glob("*.yaml")), key=lambda block: block["block"])
    expect(schema["definitions"]["block"]["enum"] == [block["block"] for block in blocks],
           "the schema's building blocks are not those of policies/base/")
    expect(rows("docs/POLICY.md", r"^\| `(base/[a-z-]+)` \| (.+) \|$") ==
           [(block["block"], block["description"].strip()) for block in blocks],
           "the table of building blocks in docs/POLICY.md is not what policies/base/ says of itself")
    errnos = rows("policy/errnos.def", r"^POLICY_ERRNO\((E[A-Z]+)\)")
    expect(schema["definitions"]["rule"]["properties"]["errno"]["enum"] == errnos,
           "the schema's errnos are not those of policy/errnos.def")

    details = rows("abi/details.def", r'^BLF_(?:TEXT|NUMBER)_DETAIL\(\w+, \w+, "([^"]+)"')
    keys = list(schema["definitions"]["rule"]["properties"])
    expect(details and [key for key in keys if key in details] == details,
           "the schema's details are not those of abi/details.def")

    selectors = rows("abi/selectors.def", r'^BLF_(?:PATH|NUMBER)_SELECTOR\(\w+, \w+, "([^"]+)"')
    expect(selectors and list(schema["definitions"]["subject"]["properties"]) == selectors,
           "the schema's selectors are not those of abi/selectors.def")
    targets = [f"target-{selector}" for selector in selectors]
    expect([key for key in keys if key.startswith("target-")] == targets,
           "the schema's rules have not each of abi/selectors.def as a target")
    expect(list(schema["definitions"]["exception"]["properties"]) == selectors + targets,
           "the schema's exceptions have not each of abi/selectors.def, and as a target")
    section = (ROOT / "docs" / "POLICY.md").read_text().split("\n## Selectors\n")[1].split("\n## ")[0]
    expect(re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.M) == selectors,
           "the table of selectors in docs/POLICY.md is not that of abi/selectors.def")
    capability = re.compile(schema["definitions"]["capability"]["pattern"])
    names = rows("abi/capabilities.def", r"^BLF_CAPABILITY\((\w+), \d+\)")
    expect(names and all(capability.match(name) and capability.match(f"CAP_{name.upper()}") for name in names)
           and capability.pattern.count("|") == len(names) - 1,
           "the schema's capabilities are not those of abi/capabilities.def")

    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
