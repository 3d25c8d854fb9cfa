#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The house rules that a script can see: which folder includes which, how long files are, licence lines.

The rows are docs/ARCHITECTURE.md's table of folders; a stray #include fails here."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
USES = {
    "abi": {"abi"},
    "decide": {"decide", "abi"},
    "bpf": {"bpf", "decide", "abi"},
    "base": {"base"},
    "policy": {"policy", "base", "decide", "abi"},
    "enforce": {"enforce", "base", "abi", "bpf", "policy"},
    "doctor": {"doctor", "base", "enforce", "abi"},
    "cli": {"cli", "doctor", "enforce", "policy", "base", "abi"},
}
# What a folder may take from another only in part.
ONLY = {
    ("enforce", "policy"): {"policy/image.h"},
    ("enforce", "bpf"): {"bpf/bailiff.skel.h", "bpf/bailiff_probing.skel.h", "bpf/identify.skel.h", "bpf/mount_lock.skel.h",
                         "bpf/build_number.h"},
    ("doctor", "enforce"): {"enforce/probe.h"},
}
DUAL = {"abi", "decide", "bpf", "examples"}
MAX_LINES = 600
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
FIXED_WIDTH = re.compile(r"\bu?int(8|16|32|64)_t\b")
SOURCES = {".h", ".cc", ".c", ".py", ".sh", ".def"}


def tracked():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                           capture_output=True, text=True).stdout.split("\n")
    return [pathlib.PurePosixPath(name) for name in names if name and (ROOT / name).is_file()]


def include_faults(path, text):
    folder = path.parts[0]
    is_test = path.stem.endswith(("_test", "_fuzz")) or "testing" in path.parts
    for included in INCLUDE.findall(text):
        target = included.split("/")[0]
        if folder not in USES or "/" not in included or target not in USES:
            continue
        if target not in USES[folder] and not is_test:
            yield f"{path}: may not include {included} (folder {folder} uses {', '.join(sorted(USES[folder]))})"
        allowed = ONLY.get((folder, target))
        if allowed and included not in allowed and not is_test:
            yield f"{path}: of {target}/ only {', '.join(sorted(allowed))}, not {included}"


def licence_faults(path, text):
    head = text[:300]
    if "SPDX-License-Identifier:" not in head:
        yield f"{path}: no SPDX line"
    elif path.suffix in {".h", ".c", ".def"} and path.parts[0] in DUAL and path.name != "deny_open.c":
        if "GPL-2.0-only OR BSD-2-Clause" not in head:
            yield f"{path}: {path.parts[0]}/ is GPL-2.0-only OR BSD-2-Clause"


# Debian 12's standard library brings them in with others, Debian 13's does not.
def header_faults(path, text):
    if path.suffix == ".h" and path.parts[0] not in DUAL and FIXED_WIDTH.search(text) and "#include <cstdint>" not in text:
        yield f"{path}: uses fixed-width integers without <cstdint>"


def faults():
    for path in tracked():
        if path.suffix not in SOURCES and path.name not in {"dev", "run"}:
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        yield from include_faults(path, text)
        yield from licence_faults(path, text)
        yield from header_faults(path, text)
        lines = text.count("\n")
        if lines > MAX_LINES:
            yield f"{path}: {lines} lines, more than {MAX_LINES}"


def main():
    found = list(faults())
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
