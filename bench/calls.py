# SPDX-License-Identifier: Apache-2.0
"""The policies and profiles under which calls are made that are not about files (guest/call_loop.c), and services asked.

*Deny*: rules beside what is done, none of which it meets. *Closed*: nothing is allowed but what is done, to that program
alone, which is all that AppArmor's profiles can say. Prefixes are *far* from the address that is asked about, or end next
to it."""

import ipaddress
import pathlib

import places

LOOP = "/bailiff/bin/call_loop"
HERE = "/tmp/call"  # its working directory
COUNT = 100
PREFIXES = (1, 100000)
ASKED = ipaddress.ip_address("127.0.0.1")


def others():
    return [f"{HERE}/{places.OTHER}", *places.filler(COUNT - 1)]


def prefixes(where, count):
    """None holds ASKED. Far: it has no bit in common with them; near: all but the last ones."""
    if where == "far":
        return [f"{ipaddress.ip_address('128.0.0.0') + 256 * i}/24" for i in range(count)]
    return [str(ASKED + 1 + 3 * i) for i in range(count)]


def rule(operations, key=None, values=()):
    lines = [f"  - deny: [{', '.join(operations)}]"]
    return "\n".join(lines + ([f"    {key}:", *(f"      - {value}" for value in values)] if key else []))


def deny():
    return "\n".join(["bailiff: 1", "policy: call-deny", "rules:",
                      rule(["net.connect"], "address", prefixes("far", COUNT)),
                      rule(["net.unix", "exec", "mount", "umount"], "path", others()),
                      rule(["process.signal"], "signal", ["usr1"]),
                      rule(["process.ptrace"], "access", ["read"]),
                      rule(["process.capability"], "uses", ["sys_module"])]) + "\n"


CLOSED = f"""bailiff: 1
policy: call-closed
applies-to: {{ exe: {LOOP} }}
default: {{ deny: [file, exec, net, mount, umount, pivot-root, chroot, kernel, namespace, process] }}
include: base/dynamic-program
rules:
  - {{ allow: [file.read, file.write, file.create, file.delete, file.mkdir, file.mknod], path: [{HERE}, {HERE}/**] }}
  - {{ allow: file.write, path: ["/dev/{{console,ttyS[0-9]*}}"] }}
  - {{ allow: exec, path: {LOOP} }}
  - {{ allow: [net.create, net.bind, net.listen, net.accept, net.send, net.receive] }}
  - {{ allow: net.connect, address: localhost, port: 4711 }}
  - {{ allow: net.connect, family: unix }}
  - {{ allow: net.unix, path: {HERE}/socket }}
  - {{ allow: mount, fstype: tmpfs }}
  - {{ allow: umount, path: {HERE}/place }}
  - {{ allow: [process.signal, process.ptrace, process.capability, process.prctl] }}
"""


def apparmor():
    denied = [f"  deny {path} rwx," for path in others()]
    return "\n".join(["abi <abi/3.0>,", f"profile call {LOOP} {{", "  file,", "  network,", "  capability,", "  signal,", "  ptrace,",
                      "  mount,", "  umount,", *denied, "  deny network inet6 raw,", "  deny signal send set=(usr1),",
                      "  deny ptrace read,", f"  deny mount -> {HERE}/{places.OTHER}/,", f"  deny umount {HERE}/{places.OTHER}/,",
                      "  deny capability sys_module,", "}"]) + "\n"


def write(folder: pathlib.Path):
    (folder / "call-deny.yaml").write_text(deny())
    (folder / "call-closed.yaml").write_text(CLOSED)
    (folder / "apparmor-call").write_text(apparmor())
    for where in ("far", "near"):
        for count in PREFIXES:
            (folder / f"prefixes-{where}-{count}.yaml").write_text(
                "\n".join(["bailiff: 1", "policy: prefixes", "rules:", rule(["net.connect"], "address", prefixes(where, count))]) + "\n")
