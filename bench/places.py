# SPDX-License-Identifier: Apache-2.0
"""The files that are opened in the VM, and the policies and profiles under which they are.

*Dead*: no rule reaches into the directory. *Live*: a rule names another file in the directory; none matches the
file that is opened. A directory directly below / is the first that can be dead: every rule begins at /."""

import pathlib

FILE, OTHER = "file", "other"
DEEP = 2000 - 3  # /tmp/deep, that many directories, the file


def chain(root, depth):
    """A directory such that a file in it has `depth` components.

    AppArmor pays for each byte of a path, so names are of the usual shortness: one digit, and two in a long chain."""
    names = [part for part in root.split("/") if part]
    return "/" + "/".join(names + [str(i) if depth < 10 else str(i + 9) for i in range(1, depth - len(names))])


# label of the depth: the directory. One is across a mount point (/tmp).
WARM = {
    "1": "",
    "2": "/bench",
    "7": chain("/bench", 7),
    "32": chain("/bench", 32),
    "7-mount": chain("/tmp/bench", 7),
}
COLD_7 = chain("/tmp/cold", 7)
COLD_32 = chain("/tmp/cold", 32)
FIRST = chain("/tmp/first", 6)  # 2,000 directories with a file of 7 components each: open_loop first
FIRST_COUNT = 2000
PATHS = (1, 1000, 100000)


def filler(count):
    """Literal paths in 97 directories, none of which exists."""
    return [f"/many/d{i % 97}/f{i}" for i in range(count)]


def policy(name, paths):
    operations = '["file.*", "exec.*"]' if name.startswith("all-") else "file.open"
    lines = ["bailiff: 1", f"policy: {name}", "rules:", f"  - deny: {operations}", "    path:"]
    return "\n".join([*lines, *(f"      - {path}" for path in paths)]) + "\n"


# What attaches every program, each with all that it can look at.
EVERYTHING = """bailiff: 1
policy: everything
applies-to: {exe: /nowhere, script: /nowhere, parent: /nowhere, descendant-of: /nowhere, cgroup: /nowhere, uid: 1, gid: 1,
             login-uid: 1, session: tty, user-namespace: other, capability: bpf}
rules: [{deny: ["file.*", "exec.*"], path: /nowhere}]
"""


def apparmor_profile(paths):
    """What a process may do that is measured: everything but these."""
    lines = [f"  deny {path} rw," for path in paths]
    return "\n".join(["profile bench /bailiff/bin/{open,operation}_loop {", "  file,", *lines, "}"]) + "\n"


def policies():
    """{file name: paths}"""
    live = [f"{directory}/{OTHER}" for directory in WARM.values()]
    found = {f"dead-{count}": filler(count) for count in PATHS}
    found |= {f"live-1-{depth}": [f"{directory}/{OTHER}"] for depth, directory in WARM.items()}
    found |= {f"live-{count}": live + filler(count - len(live)) for count in PATHS if count > 1}
    found["all-dead"] = filler(100)
    found["all-live"] = live + filler(100 - len(live))
    found["cold-dead"] = filler(1)
    found["cold-live"] = [f"{COLD_7}/{OTHER}", f"{COLD_32}/{OTHER}", "/tmp/deep" + "/d" * DEEP + f"/{OTHER}",
                          *(f"{FIRST}/{i}/{OTHER}" for i in range(FIRST_COUNT))]
    return found


def write(folder: pathlib.Path):
    """All that the guest's scripts read."""
    for name, paths in policies().items():
        (folder / f"{name}.yaml").write_text(policy(name, paths))
    (folder / "everything.yaml").write_text(EVERYTHING)
    for count in (1, 100):
        (folder / f"apparmor-{count}").write_text(apparmor_profile(filler(count)))
    files = [f"{directory}/{FILE}" for directory in WARM.values()]
    (folder / "places.sh").write_text(
        f"DEPTHS=({' '.join(WARM)})\nPATHS=({' '.join(files)})\n"
        f"COLD_7={COLD_7}/{FILE}\nCOLD_32={COLD_32}/{FILE}\nDEEP={DEEP}\nFIRST={FIRST}\n")
