# SPDX-License-Identifier: Apache-2.0
"""Reads case files and refuses what it does not understand: a misspelt key must not be a test that tests nothing."""

import fnmatch
import re

import yaml

BOOT = {"lsm": str, "append": str}
FILE = {"boot": dict, "cases": list}
CASE = {"name": str, "boot": dict, "kernels": list, "expect-skip": dict, "needs": str, "policy": str, "files": dict,
        "steps": list, "leaves": str}
CONTENT = {"text": str, "copy": str, "dir": bool, "mode": str, "owner": str}
STEP = {"run": (str, list), "as": str, "exit": (int, list), "stdout": (str, dict, list), "stderr": (str, dict, list),
        "errno": str, "timeout": (int, float), "shown": bool}
TEXT = {"contains": str, "equals": str, "absent": str, "regex": str, "json": dict}
USERS = ("root", "alice", "bob")


class CaseError(Exception):
    """A case file is wrong; the message says where."""


class Loader(yaml.SafeLoader):
    """YAML in which a key given twice is an error, where PyYAML would take the last one."""


def mapping(loader, node):
    keys = [key.value for key, _ in node.value]
    for key, _ in node.value:
        if keys.count(key.value) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} is given twice", key.start_mark)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def load(folder, kernels):
    """All cases of all files, in order, each with its file's boot settings merged in."""
    found, names = [], {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), Loader)  # a SafeLoader
        except yaml.YAMLError as error:
            raise CaseError(f"{path}: {error}") from error
        for case in parse(document, path.name, kernels):
            if case["name"] in names:
                raise CaseError(f"{path}: {case['name']} is also in {names[case['name']]}")
            names[case["name"]] = path
            found.append(case)
    return found


def parse(document, where, kernels):
    check(document, FILE, where, required=("cases",))
    check(document.get("boot", {}), BOOT, f"{where}: boot")
    return [parse_case(case, f"{where}: case {number}", document.get("boot", {}), kernels)
            for number, case in enumerate(document["cases"], 1)]


def parse_case(case, where, boot, kernels):
    check(case, CASE, where, required=("name", "steps"))
    where = f"{where} ({case['name']})"
    if not re.fullmatch(r"[\w.+-]+(/[\w.+-]+)*", case["name"]):
        raise CaseError(f"{where}: a name is words of letters, digits and -+._, with / between them")
    check(case.get("boot", {}), BOOT, f"{where}: boot")
    # YAML reads 6.1 as a number
    case["kernels"] = [str(name) for name in case.get("kernels", kernels)]
    case["expect-skip"] = {str(name): str(reason) for name, reason in case.get("expect-skip", {}).items()}
    for name in [*case["kernels"], *case["expect-skip"]]:
        if name not in kernels:
            raise CaseError(f"{where}: no kernel {name!r} in the matrix ({', '.join(kernels)})")
    if case["expect-skip"] and "needs" not in case:
        raise CaseError(f"{where}: expect-skip without `needs`, the command that finds out whether the case can run")
    if case.get("leaves", "pins") != "pins":
        raise CaseError(f"{where}: leaves can only be `pins`")
    for path, content in case.get("files", {}).items():
        check_content(content, f"{where}: files: {path}")
    if not case["steps"]:
        raise CaseError(f"{where}: no steps")
    for number, step in enumerate(case["steps"], 1):
        check_step(step, f"{where}: step {number}")
    return {**case, "boot": {**boot, **case.get("boot", {})}}


def check_content(content, where):
    if isinstance(content, str):
        return
    check(content, CONTENT, where)
    if len({"text", "copy", "dir"} & set(content)) != 1:
        raise CaseError(f"{where}: wants one of text, copy, dir")
    if not re.fullmatch(r"0[0-7]{3,4}", content.get("mode", "0644")):
        raise CaseError(f"{where}: mode: an octal number in quotes, like \"0644\"")
    check_user(content.get("owner", "root"), where)


def check_step(step, where):
    check(step, STEP, where, required=("run",))
    check_user(step.get("as", "root"), where)
    if not all(isinstance(part, str) for part in step["run"]):
        raise CaseError(f"{where}: run: a list of words, each a string")
    if isinstance(step.get("exit"), list) and not all(isinstance(status, int) for status in step["exit"]):
        raise CaseError(f"{where}: exit: a list of numbers")
    for stream in ("stdout", "stderr"):
        wanted = step.get(stream, [])
        for one in wanted if isinstance(wanted, list) else [wanted]:
            if not isinstance(one, str):
                check(one, TEXT, f"{where}: {stream}")
                if not one:
                    raise CaseError(f"{where}: {stream}: expects nothing")


def check_user(name, where):
    if name not in USERS:
        raise CaseError(f"{where}: no user {name!r}; there are {', '.join(USERS)}")


def check(value, schema, where, required=()):
    """A mapping with known keys of the right types."""
    if not isinstance(value, dict):
        raise CaseError(f"{where}: wants a mapping, not {value!r}")
    for key, item in value.items():
        if key not in schema:
            raise CaseError(f"{where}: unknown key {key!r}; known are {', '.join(schema)}")
        if not isinstance(item, schema[key]) or (isinstance(item, bool) and schema[key] is not bool):
            raise CaseError(f"{where}: {key}: {item!r} is of the wrong kind")
    for key in required:
        if key not in value:
            raise CaseError(f"{where}: {key!r} is missing")


def select(cases, kernels, globs):
    """(kernel, case) for all that is to run."""
    return [(kernel, case) for kernel in kernels for case in cases
            if kernel in case["kernels"] and (not globs or any(fnmatch.fnmatch(case["name"], glob) for glob in globs))]
