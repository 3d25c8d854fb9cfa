# SPDX-License-Identifier: Apache-2.0
"""What somebody would try who has taken a confined program over, as root: prints what was not refused, and how many were
tried. Arguments name attempts that are what the program is for."""

import ctypes
import errno
import os
import socket
import sys

libc = ctypes.CDLL(None, use_errno=True)
ATTEMPTS = {}
REFUSED = (errno.EPERM, errno.EACCES)


def attempt(function):
    ATTEMPTS[function.__name__.replace("_", "-")] = function
    return function


def call(name, *arguments):
    """A function of the C library; raises what it fails with."""
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def system_call(number, *arguments):
    call("syscall", number, *(ctypes.c_long(one) if isinstance(one, int) else one for one in arguments))


def simple(name, function, *arguments, **named):
    ATTEMPTS[name] = lambda: function(*arguments, **named)


def make_socket(*kind):
    socket.socket(*kind).close()


def connect(family, kind, address):
    with socket.socket(family, kind) as made:
        made.settimeout(2)
        made.connect(address)


def bind(port):
    with socket.socket() as made:
        made.bind(("127.0.0.1", port))


def execute(path):
    """In this very process, as far as it goes: who is let through ends here, with another exit status."""
    os.execv(path, [path])


def open_for(path, flags):
    os.close(os.open(path, flags, 0o600))


READ, WRITE, MAKE = os.O_RDONLY, os.O_WRONLY, os.O_WRONLY | os.O_CREAT
simple("read-shadow", open_for, "/etc/shadow", READ)
simple("read-host-key", open_for, "/etc/ssh/ssh_host_rsa_key", READ)
simple("list-root", os.listdir, "/root")
simple("list-home", os.listdir, "/home")
simple("read-environment-of-init", open_for, "/proc/1/environ", READ)
simple("read-memory", open_for, "/proc/kcore", READ)
simple("read-disk", open_for, "/dev/nvme0n1", READ)
simple("make-cron-job", open_for, "/etc/cron.d/attempt", MAKE)
simple("append-to-passwd", open_for, "/etc/passwd", WRITE | os.O_APPEND)
simple("write-program", open_for, "/usr/bin/env", WRITE)
simple("make-in-usr", open_for, "/usr/local/bin/attempt", MAKE)
simple("make-in-shm", open_for, "/dev/shm/attempt", MAKE)
simple("remove-log", os.unlink, "/var/log/dpkg.log")
simple("rename-library", os.rename, "/usr/lib/os-release", "/usr/lib/os-release.old")
simple("link-shadow", os.link, "/etc/shadow", "/etc/shadow.attempt")
simple("symlink", os.symlink, "/etc/shadow", "/etc/attempt")
simple("chmod-shadow", os.chmod, "/etc/shadow", 0o644)
simple("chown-shadow", os.chown, "/etc/shadow", 1000, 1000)
simple("make-device", os.mknod, "/dev/attempt", 0o060600, os.makedev(259, 0))
simple("run-shell", execute, "/usr/bin/dash")
simple("run-env", execute, "/usr/bin/env")
simple("connect-to-ssh", connect, socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 22))
simple("connect-to-database", connect, socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 5432))
simple("connect-to-metadata", connect, socket.AF_INET, socket.SOCK_STREAM, ("169.254.169.254", 80))
simple("connect-by-ipv6", connect, socket.AF_INET6, socket.SOCK_STREAM, ("::1", 25))
simple("serve-another-port", bind, 4444)
simple("kill-init", os.kill, 1, 9)
simple("become-nobody", lambda: (os.setgid(65534), os.setuid(65534)))
simple("raw-socket", make_socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
simple("packet-socket", make_socket, socket.AF_PACKET, socket.SOCK_RAW)
simple("socket-of-the-kernels-cryptography", make_socket, socket.AF_ALG, socket.SOCK_SEQPACKET)
simple("change-root", os.chroot, "/tmp")
simple("change-core-pattern", open_for, "/proc/sys/kernel/core_pattern", WRITE)
simple("set-host-name", socket.sethostname, "attempt")


@attempt
def run_from_memory():
    memory = os.memfd_create("attempt")
    os.write(memory, b"#!/usr/bin/dash\n")
    os.execv(f"/proc/self/fd/{memory}", ["attempt"])


@attempt
def memory_to_write_and_run():
    libc.mmap.restype = ctypes.c_void_p
    memory = libc.mmap(None, ctypes.c_size_t(4096), 3, 0x22, -1, ctypes.c_long(0))
    call("mprotect", ctypes.c_void_p(memory), 4096, 7)


@attempt
def mount():
    call("mount", b"none", b"/mnt", b"tmpfs", ctypes.c_ulong(0), None)


@attempt
def bind_mount():
    call("mount", b"/etc", b"/mnt", None, ctypes.c_ulong(4096), None)


@attempt
def unmount():
    call("umount2", b"/proc", 2)


@attempt
def user_namespace():
    call("unshare", 0x10000000)


@attempt
def trace_init():
    call("ptrace", 16, 1, None, None)


@attempt
def set_the_clock():
    system_call(164, ctypes.byref((ctypes.c_long * 2)(10**9, 0)), 0)


@attempt
def load_module():
    system_call(175, (ctypes.c_char * 64)(), 64, b"")


@attempt
def load_another_kernel():
    system_call(246, 0, 0, 0, 0)


@attempt
def call_bpf():
    system_call(321, 0, ctypes.byref((ctypes.c_uint * 16)(2, 4, 4, 1)), 64)


@attempt
def count_events():
    system_call(298, ctypes.byref((ctypes.c_uint * 32)(1, 128)), 0, -1, -1, 0)


@attempt
def io_uring():
    system_call(425, 1, ctypes.byref((ctypes.c_uint * 30)()))


@attempt
def make_key():
    system_call(248, b"user", b"attempt", b"x", 1, -2)


@attempt
def read_messages():
    call("klogctl", 3, ctypes.create_string_buffer(64), 64)


def main():
    tried = [name for name in ATTEMPTS if name not in sys.argv[1:]]
    for name in tried:
        try:
            ATTEMPTS[name]()
        except OSError as error:
            if error.errno not in REFUSED:
                print(f"{name}: another error: {error}")
        else:
            print(f"{name}: went through")
    print(f"tried {len(tried)}")


main()
