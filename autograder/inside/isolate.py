"""What a forked process does to itself before any code of a student's runs in it. None of it can be taken back.

New namespaces, a /tmp of its own, limits, another user, no rights, a filter of system calls. This file runs inside
bubblewrap, in the fork server, so it imports nothing of this package.
"""

import contextlib
import ctypes
import os
import resource
import signal

__all__ = ["confine", "new_pid_namespace", "private_mounts", "reap"]

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 1 << 12, 1 << 14, 1 << 18
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 22, 24, 38
LAST_CAPABILITY = 63
INODES = 20_000

libc = ctypes.CDLL(None, use_errno=True)


def _must(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def new_pid_namespace():
    """Make the next child the first process of a new namespace."""
    _must(libc.unshare(CLONE_NEWPID), "unshare")


def private_mounts(size, home, kept):
    """Mount a /tmp and a /dev/shm of `size` bytes that nobody else sees, and a /proc of this namespace alone.

    home: the folder to make, which everybody may write to.
    kept: folders below /tmp that stay in sight, as they are: Python itself may lie there.
    """
    _must(libc.unshare(CLONE_NEWNS | CLONE_NEWIPC), "unshare")
    _must(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "mount /")
    doors = [(path, os.open(path, os.O_PATH | os.O_DIRECTORY)) for path in kept]
    options = f"mode=1777,size={size},nr_inodes={INODES}".encode()
    for place in (b"/tmp", b"/dev/shm"):
        _must(libc.mount(b"tmpfs", place, b"tmpfs", MS_NOSUID | MS_NODEV, options), f"mount {place.decode()}")
    for path, door in doors:
        os.makedirs(path)
        _must(libc.mount(f"/proc/self/fd/{door}".encode(), path.encode(), None, MS_BIND | MS_REC, None), "bind")
        os.close(door)
    os.mkdir(home)
    os.chmod(home, 0o777)
    # Refused in some user namespaces. Then the old /proc stays, which shows the fork server, and nothing of the host.
    libc.mount(b"proc", b"/proc", b"proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, None)


def confine(plan):
    """Set the limits, become a user that owns nothing, give up every right, and load the filter."""
    for name, value in plan["limits"].items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    os.umask(0o077)
    if plan["isolate"]:
        for number in range(LAST_CAPABILITY + 1):
            libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)  # past the last one that this system knows, an error
    if plan["uid"] is not None:
        os.setgroups([])
        os.setresgid(plan["uid"], plan["uid"], plan["uid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _must(libc.capset(header, nothing), "capset")
    _must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if plan["filter"]:
        _filter(bytes.fromhex(plan["filter"]))


def _filter(program):
    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))

    _must(libc.prctl(PR_SET_SECCOMP, 2, ctypes.byref(Program(len(program) // 8, program)), 0, 0), "seccomp")


def reap(child):
    """Be the first process of a namespace.

    Bury what dies in it, and end when `child` does, which ends all the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ChildProcessError):
        while os.wait()[0] != child:
            pass
    os._exit(0)
