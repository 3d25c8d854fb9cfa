# SPDX-License-Identifier: Apache-2.0
"""What a step promised against what it did: a pure function of values. Used in the guest, tested on the host."""

import json
import re

# What no kernel may say while it is being tested.
TROUBLE = re.compile(
    r"\bBUG:|\bWARNING: |\bOops\b|Kernel panic|general protection fault|detected stalls?\b|self-detected stall|"
    r"soft lockup|hard LOCKUP|blocked for more than|\bRIP: 0010:|UBSAN:|KASAN:|refcount_t:|kernel stack overflow")


def problems(step, result):
    """Lines that say what was expected and what was got; none when the step kept its promise.

    `result` has `exit` (a number, or "timeout"), `stdout` and `stderr`."""
    found = []
    allowed = allowed_exits(step)
    if result["exit"] not in allowed:
        found.append(f"exit: expected {' or '.join(map(str, allowed))}, got {result['exit']}")
    if "errno" in step:
        last = (result["stdout"].strip().splitlines() or [""])[-1]
        if last != step["errno"]:
            found.append(f"errno: expected {step['errno']}, got {last!r}")
    for stream in ("stdout", "stderr"):
        wanted = step.get(stream, [])
        for one in wanted if isinstance(wanted, list) else [wanted]:
            found += [f"{stream}: {line}" for line in text_problems(one, result[stream])]
    return found


def allowed_exits(step):
    """A step that expects an errno of the actor expects its exit status too."""
    default = 1 if step.get("errno", "ok") != "ok" else 0
    exits = step.get("exit", default)
    return exits if isinstance(exits, list) else [exits]


def text_problems(wanted, text):
    if isinstance(wanted, str):
        wanted = {"contains": wanted}
    found = []
    for kind, value in wanted.items():
        if kind == "contains" and value not in text:
            found.append(f"expected to contain {value!r}")
        elif kind == "equals" and value != text:
            found.append(f"expected exactly {value!r}")
        elif kind == "absent" and value in text:
            found.append(f"expected not to contain {value!r}")
        elif kind == "regex" and not re.search(value, text, re.M):
            found.append(f"expected to match /{value}/")
        elif kind == "json":
            found += json_problems(value, text)
    return found


def json_problems(wanted, text):
    """The whole text is one document, or each line is, and then one line has to satisfy all of `wanted`."""
    try:
        documents = [json.loads(text)]
    except ValueError:
        documents = list(filter(None, map(parsed, text.splitlines())))
    if not documents:
        return ["expected JSON"]
    return min((misses(wanted, document) for document in documents), key=len)


def misses(wanted, document):
    """Compared as JSON text: to Python, 1 and True are equal."""
    found = []
    for path, value in wanted.items():
        expected, got = json.dumps(value, sort_keys=True), at(document, path)
        if got != expected:
            found.append(f"expected {path} = {expected}, got {got}")
    return found


def parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return None


def at(document, path):
    """The value at a dotted path, as text; a number in the path indexes a list."""
    for key in path.split("."):
        if isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        elif isinstance(document, dict) and key in document:
            document = document[key]
        else:
            return "nothing"
    return json.dumps(document, sort_keys=True)
