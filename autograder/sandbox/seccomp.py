"""System calls that no notebook needs and that would get round a limit, refused by a filter (seccomp BPF).

They take memory that no process shows (memfd, shared memory of System V, file systems of one's own), make user
namespaces, look into other processes, leave the processors that a worker has for those of its neighbours, or open a
socket: AF_VSOCK leads to the host of a virtual machine, and a connection to oneself is a buffer of ten megabytes. Pairs
of sockets (socketpair), as asyncio makes them, are allowed, and counted. The filter answers "not permitted"; for
clone3, whose arguments a filter cannot read, "not there", so that the C library uses clone.
"""

from __future__ import annotations

import errno
import platform
import struct

__all__ = ["program"]

LOAD = 0x20
EQUAL = 0x15
ANY_BIT = 0x45
AT_LEAST = 0x35
RETURN = 0x06
ALLOW = 0x7FFF0000
ERRNO = 0x00050000
NUMBER = 0  # places in struct seccomp_data
ARCH = 4
FIRST_ARGUMENT = 16  # its low half, which comes first
NEW_USER_NAMESPACE = 0x10000000
CLONE3 = 435
NEW_CALLS = (425, 428, 429, 430, 432, 442, 447)
"""io_uring_setup, open_tree, move_mount, fsopen, fsmount, mount_setattr, memfd_secret: the same on every machine."""

MACHINES = {
    # refused: memfd_create, shmget, msgget, semget, unshare, setns, mount, umount2, pivot_root, chroot, ptrace,
    # process_vm_readv, process_vm_writev, bpf, perf_event_open, userfaultfd, keyctl, add_key, request_key, socket,
    # sched_setaffinity
    "x86_64": (
        0xC000003E,
        56,
        (59, 322),
        (319, 29, 68, 64, 272, 308, 165, 166, 155, 161, 101, 310, 311, 321, 298, 323, 250, 248, 249, 41, 203),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        (221, 281),
        (279, 194, 186, 190, 97, 268, 40, 39, 41, 51, 117, 270, 271, 280, 241, 282, 219, 217, 218, 198, 122),
    ),
}
"""Machine -> its number in seccomp, the number of clone, those of execve and execveat, and those of what is refused."""


def program(machine: str | None = None, programs: bool = True) -> bytes | None:
    """Return the filter, as prctl takes it, or None for a machine whose numbers are not known here.

    programs: other programs may be started, such as another Python.
    """
    machine = machine or platform.machine()
    if machine not in MACHINES:
        return None
    arch, clone, start, refused = MACHINES[machine]
    refuse, absent = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
    lines = [(LOAD, 0, 0, ARCH), (EQUAL, 1, 0, arch), (RETURN, 0, 0, refuse), (LOAD, 0, 0, NUMBER)]
    lines += [(AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, refuse)]  # the x32 numbers of x86_64
    for number in refused + NEW_CALLS + (() if programs else start):
        lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, refuse)]
    lines += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, absent)]
    lines += [(EQUAL, 0, 3, clone), (LOAD, 0, 0, FIRST_ARGUMENT)]
    lines += [(ANY_BIT, 0, 1, NEW_USER_NAMESPACE), (RETURN, 0, 0, refuse), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
