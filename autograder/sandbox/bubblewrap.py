"""The command line of bubblewrap: what a submission can see, and what it can write to."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import sysconfig
from pathlib import Path

from autograder.sandbox.limits import Limits

__all__ = ["AGENT", "CONNECTION", "ENVIRONMENT", "SOCKETS", "available", "command", "plan"]

HERE = Path(__file__).resolve().parent
HOME = "/tmp/home"
SOCKETS = "/tmp/kernel"
"""Inside: the sockets of the kernel are SOCKETS-1, SOCKETS-2 and so on, in the private /tmp."""
CONNECTION = "/opt/course/connection.json"
STUBS = "/opt/course/stubs"
AGENT = ("agent.py", "npy.py", "protocol.py")
"""Files of autograder/judge that run in the student's process."""
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
    """The path of bubblewrap, or None."""
    return shutil.which("bwrap")


def plan(limits: Limits, uid: int | None) -> str:
    """What the launcher inside is told, as JSON."""
    rlimits = {
        "RLIMIT_CPU": int(limits.cpu),
        "RLIMIT_AS": limits.memory,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_NOFILE": limits.files,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_CORE": 0,
    }
    return json.dumps({"limits": rlimits, "uid": uid, "home": HOME, "path": [STUBS], "forbidden": limits.forbidden})


def command(limits: Limits, data_fd: int, info_fd: int, filter_fd: int | None, kernel_args: list[str]) -> list[str]:
    """The whole command line. data_fd: gives the connection file. info_fd: takes the pid that bubblewrap tells.
    filter_fd: gives the filter of system calls, if there is one.

    For root, the process inside becomes a user id drawn for this sandbox alone: it owns nothing, and the limit on
    processes, which the kernel keeps per user, is its own. Another user cannot do that, and gets a user namespace.
    """
    root = os.geteuid() == 0
    uid = 200_000 + secrets.randbelow(1_000_000_000) if root else None
    argv = [available() or "bwrap", "--die-with-parent", "--new-session", "--clearenv"]
    argv += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    argv += ["--hostname", "sandbox", "--cap-drop", "ALL"]
    if root:
        argv += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        argv += ["--unshare-user", "--disable-userns"]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    # The private /tmp comes first: the course itself may lie in a folder of the host's /tmp.
    argv += [*_private_tmp(limits), *_folders(), *_system(), *_python(limits.forbidden), *_course(data_fd)]
    argv += ["--perms", "1777", "--size", str(limits.tmp), "--tmpfs", "/dev/shm"]
    argv += ["--remount-ro", "/dev", "--remount-ro", "/", "--info-fd", str(info_fd)]
    if filter_fd is not None:
        argv += ["--seccomp", str(filter_fd)]
    return [*argv, "--", sys.executable, "-I", f"{STUBS}/launch.py", plan(limits, uid), *kernel_args]


def _folders() -> list[str]:
    """The folders on the way to what is bound, open to the sandbox's user; bubblewrap would close them."""
    ends = [*_prefixes(), f"{STUBS}/autograder/judge/file", "/etc/file"]
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
    """Where the interpreter and its packages are, as far as /usr does not hold them."""
    paths = dict.fromkeys((sys.base_prefix, sys.prefix))
    return [path for path in paths if not Path(path).is_relative_to("/usr")]


def _python(forbidden: tuple[str, ...]) -> list[str]:
    """The interpreter and its packages; whatever belongs to the course, and what is forbidden, is covered up."""
    argv = [word for path in _prefixes() for word in ("--ro-bind", path, path)]
    for site in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for name in (*SECRET_PACKAGES, *forbidden):
            if (Path(site) / name).is_dir():
                argv += ["--perms", "0755", "--size", "4096", "--tmpfs", f"{site}/{name}"]
        for pattern in ("rnn_course-*", "__editable__*rnn_course*", "*rnn-course*.egg-link"):
            for path in Path(site).glob(pattern):
                cover = ["--size", "4096", "--tmpfs"] if path.is_dir() else ["--ro-bind", "/dev/null"]
                argv += [*cover, str(path)]
    return argv


def _course(data_fd: int) -> list[str]:
    """The stub of `autograder`, the agent that calls the student's functions, and the connection file."""
    files = {
        "autograder/__init__.py": HERE / "stub.py",
        **{f"autograder/judge/{name}": HERE.parent / "judge" / name for name in AGENT},
        "launch.py": HERE / "launch.py",
    }
    argv = []
    for name, source in files.items():
        argv += ["--ro-bind", str(source), f"{STUBS}/{name}"]
    return [*argv, "--perms", "0444", "--ro-bind-data", str(data_fd), CONNECTION]


def _private_tmp(limits: Limits) -> list[str]:
    """With /dev/shm the only place that can be written to: in memory, and with a size."""
    return ["--perms", "1777", "--size", str(limits.tmp), "--tmpfs", "/tmp", "--perms", "0777", "--dir", HOME]
