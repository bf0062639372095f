"""The command line of bubblewrap: what a submission can see, and what it can write to."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import site
import sys
import sysconfig
from pathlib import Path
from typing import Any

from autograder.sandbox import seccomp
from autograder.sandbox.limits import Limits

__all__ = ["ENVIRONMENT", "HOME", "INSIDE", "available", "child_plan", "command", "server_plan"]

HOME = "/tmp/home"
INSIDE = Path(__file__).resolve().parent.parent / "inside"
"""What runs in the sandbox. It is shown there as a whole, and nothing else of this package is."""
COURSE = "/opt/course"
PRELOAD = ("numpy", "torch", "matplotlib.pyplot")
"""What the fork server imports, where it is installed and not forbidden, so that no notebook waits for it."""
SECRET_PACKAGES = ("rnncore", "autograder", "solutions")
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime", "/etc/fonts")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": HOME,
    "USER": "student",
    "TMPDIR": "/tmp",
    "IPYTHONDIR": f"{HOME}/ipython",
    "MPLBACKEND": "agg",
    "PYTHONDONTWRITEBYTECODE": "1",
} | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")


def available() -> str | None:
    """Return the path of bubblewrap, or None."""
    return shutil.which("bwrap")


def server_plan(limits: Limits, course: str = COURSE) -> dict[str, Any]:
    """Return what the fork server is told. course: the folder in which it finds `inside`.

    The reference is refused by name, too: of a folder that is covered, Python would make an empty package.
    """
    forbidden = (*limits.forbidden, "rnncore")
    return {"path": [course, f"{course}/inside/stub"], "forbidden": forbidden, "preload": PRELOAD}


def child_plan(limits: Limits, isolated: bool) -> dict[str, Any]:
    """Return what the fork server is told of one child.

    For root, the process becomes a user id drawn for this child alone: it owns nothing, and the limit on processes,
    which the kernel keeps per user, is its own. Another user cannot do that, and stays who it is.
    """
    rlimits = {
        "RLIMIT_CPU": int(limits.cpu),
        "RLIMIT_AS": limits.memory,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_NOFILE": limits.files,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_CORE": 0,
    }
    if not isolated:
        rlimits.pop("RLIMIT_NPROC")  # it would count every process of this user
    # what this Python is not to use, another one could
    program = seccomp.program(programs=not any(name.startswith("aten::") for name in limits.forbidden))
    return {
        "limits": rlimits,
        "uid": 200_000 + secrets.randbelow(1_000_000_000) if isolated and os.geteuid() == 0 else None,
        "tmp": limits.tmp,
        "kept": [path for path in _prefixes() if Path(path).is_relative_to("/tmp")],
        "isolate": isolated,
        "filter": program.hex() if isolated and program is not None else None,
    }


def command(limits: Limits, control: int) -> list[str]:
    """Return the whole command line. control: the number of the socket on which the server is asked for children.

    The server keeps the rights that making namespaces needs, inside this sandbox alone; its children keep none.
    """
    argv = [available() or "bwrap", "--die-with-parent", "--new-session", "--clearenv"]
    argv += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    argv += ["--hostname", "sandbox", "--cap-drop", "ALL"]
    rights = ["CAP_SYS_ADMIN", "CAP_SETPCAP"]
    if os.geteuid() == 0:
        rights += ["CAP_SETUID", "CAP_SETGID"]
    else:
        argv += ["--unshare-user"]
    for right in rights:
        argv += ["--cap-add", right]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    # The private /tmp comes first: the course itself may lie in a folder of the host's /tmp.
    argv += [*_private_tmp(limits), *_folders(), *_system(), *_python(limits.forbidden), *_course()]
    argv += ["--perms", "1777", "--size", str(limits.tmp), "--tmpfs", "/dev/shm"]
    argv += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [
        *argv,
        "--",
        sys.executable,
        "-I",
        f"{COURSE}/inside/server.py",
        json.dumps(server_plan(limits)),
        str(control),
    ]


def _folders() -> list[str]:
    """Return options for the folders on the way to what is bound.

    They are open to the sandbox's user; bubblewrap would close them.
    """
    ends = [*_prefixes(), f"{COURSE}/inside", "/etc/file"]
    found = {str(parent): None for end in ends for parent in reversed(Path(end).parents) if parent != Path("/")}
    return [word for path in found for word in ("--perms", "0755", "--dir", path)]


def _system() -> list[str]:
    argv = ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for path in SYSTEM:
        if os.path.islink(path):
            argv += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            argv += ["--ro-bind", path, path]
    for path in ETC:
        argv += ["--ro-bind-try", path, path]
    return argv


def _prefixes() -> list[str]:
    """Return where the interpreter and its packages are, as far as /usr does not hold them."""
    paths = dict.fromkeys((sys.base_prefix, sys.prefix))
    return [path for path in paths if not Path(path).is_relative_to("/usr")]


def _sites() -> list[str]:
    """Return every folder in sight that packages may lie in, if a notebook's Python looks there by itself or not.

    An environment stands on another Python, whose packages are in sight as well; and this very package may lie
    anywhere below /usr.
    """
    packages = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    packages += site.getsitepackages([sys.prefix, sys.base_prefix])
    found = {*packages, str(INSIDE.parents[1]), *sys.path}
    seen = ["/usr", *_prefixes()]
    return sorted(path for path in found if any(Path(path).is_relative_to(place) for place in seen))


def _python(forbidden: tuple[str, ...]) -> list[str]:
    """Bind the interpreter and its packages; cover up whatever belongs to the course, and what is forbidden."""
    argv = [word for path in _prefixes() for word in ("--ro-bind", path, path)]
    for folder in _sites():
        for name in (*SECRET_PACKAGES, *forbidden):  # an operator, aten::gru, is no folder
            if (Path(folder) / name).is_dir():
                argv += ["--perms", "0755", "--size", "4096", "--tmpfs", f"{folder}/{name}"]
        for pattern in ("rnn_course-*", "__editable__*rnn_course*", "*rnn-course*.egg-link"):
            for path in Path(folder).glob(pattern):
                cover = ["--size", "4096", "--tmpfs"] if path.is_dir() else ["--ro-bind", "/dev/null"]
                argv += [*cover, str(path)]
    return argv


def _course() -> list[str]:
    """Bind the folder of what runs inside: the agent that calls the student's functions, a stub of `autograder`."""
    return ["--ro-bind", str(INSIDE), f"{COURSE}/inside"]


def _private_tmp(limits: Limits) -> list[str]:
    """Mount, in memory and with a size, what is with /dev/shm the only place that can be written to."""
    return ["--perms", "1777", "--size", str(limits.tmp), "--tmpfs", "/tmp", "--perms", "0777", "--dir", HOME]
