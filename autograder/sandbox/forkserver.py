"""The grader's end of the fork server: starts it inside bubblewrap, and asks it for a process for each notebook."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox import bubblewrap, cgroup
from autograder.sandbox.limits import Limits

__all__ = ["Child", "ForkServer", "SandboxMissing", "warm"]

CREDENTIALS = struct.Struct("3i")
KEPT = 3
"""Servers that a thread keeps: assignments that forbid different things come mixed in one batch."""
READY = 60.0
"""Seconds within which the server must have imported everything."""


class SandboxMissing(RuntimeError):
    """There is no sandbox on this host, and nobody said to go on without."""


@dataclass
class Child:
    """A process in which one notebook runs. channel: to its agent. pid: its number here; init: the first process of
    its namespace, with which all others end. watch: a descriptor that can be read when all is over.
    """

    channel: socket.socket
    pid: int
    init: int
    watch: int
    student: int
    group: cgroup.Group | None
    killed_before: int
    isolated: bool

    def out_of_memory(self) -> bool:
        """Return whether the system ended one of its processes for want of memory."""
        return self.group is not None and self.group.killed() > self.killed_before

    def interrupt(self) -> None:
        """Interrupt it, as Ctrl-C does."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.student, signal.SIGINT)

    def kill(self) -> None:
        """End the process, and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            if not self.isolated:
                os.killpg(self.init, signal.SIGKILL)
            signal.pidfd_send_signal(self.watch, signal.SIGKILL)

    def close(self) -> None:
        """Kill it, wait until nothing is left, and forget it."""
        self.kill()
        select.select([self.watch], [], [], 10)
        self.channel.close()
        os.close(self.watch)
        os.close(self.student)


class ForkServer:
    """One fork server in one sandbox. Ends with this object, or with the thread that made it."""

    def __init__(self, limits: Limits, unsafe: bool = False):
        self.isolated = bubblewrap.available() is not None
        if not self.isolated and not unsafe:
            raise SandboxMissing(
                "bwrap (bubblewrap) was not found, so submissions would run with your own rights. "
                "Install it, or say unsafe=True if every submission may read and change all of your files."
            )
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the server)
        self._folder: tempfile.TemporaryDirectory | None = None
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with theirs:
            argv = self._command(limits, theirs.fileno())
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env={} if self.isolated else {**bubblewrap.ENVIRONMENT, "HOME": self._home, "IPYTHONDIR": self._home},
            )
        self._group: cgroup.Group | None = None
        try:
            inside = self._hello(self._control, time.monotonic() + max(READY, limits.start))
        except (OSError, RuntimeError) as error:
            words = self.last_words()
            self.close()
            raise RuntimeError(f"the fork server did not start: {words or error}") from error
        self._group = cgroup.Group.make(inside) if self.isolated else None

    def _command(self, limits: Limits, control: int) -> list[str]:
        if self.isolated:
            self._home = bubblewrap.HOME
            return bubblewrap.command(limits, control)
        self._folder = tempfile.TemporaryDirectory(prefix="unsafe-")
        self._home = str(Path(self._folder.name) / "home")  # IPython takes the folder it is in off the path
        os.mkdir(self._home)
        course = Path(self._folder.name) / "course"
        shutil.copytree(bubblewrap.INSIDE, course / "inside", ignore=shutil.ignore_patterns("__pycache__"))
        plan = json.dumps(bubblewrap.server_plan(limits, str(course)))
        return [sys.executable, "-I", str(course / "inside/server.py"), plan, str(control)]

    def fork(self, limits: Limits) -> Child:
        """Return a new process, ready to serve. Raise OSError, TimeoutError or RuntimeError when there will be none."""
        deadline = time.monotonic() + limits.start
        if self._group is not None:
            self._group.limit(limits)
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        child, opened = None, []
        try:
            plan = bubblewrap.child_plan(limits, self.isolated) | {"home": self._home}
            socket.send_fds(self._control, [json.dumps(plan).encode()], [theirs.fileno()])
            theirs.close()
            init = self._hello(ours, deadline)
            opened.append(os.pidfd_open(init))
            ours.send(b"!")
            student = self._hello(ours, deadline)
            opened.append(os.pidfd_open(student))
            ours.send(b"!")
            killed = self._group.killed() if self._group is not None else 0
            child = Child(ours, student, init, opened[0], opened[1], self._group, killed, self.isolated)
            return child
        finally:
            theirs.close()
            if child is None:
                ours.close()
                for fd in opened:
                    with contextlib.suppress(OSError):
                        signal.pidfd_send_signal(fd, signal.SIGKILL)
                    os.close(fd)

    def _hello(self, channel: socket.socket, deadline: float) -> int:
        """Return the process id that the system tells with a child's first word."""
        channel.settimeout(max(0.1, deadline - time.monotonic()))
        said, notes, _, _ = channel.recvmsg(1000, socket.CMSG_SPACE(CREDENTIALS.size))
        channel.settimeout(None)
        if not said.startswith(b"?"):
            raise RuntimeError(f"a process did not start: {said.decode(errors='replace') or self.last_words()}")
        return next(CREDENTIALS.unpack(data)[0] for _, kind, data in notes if kind == socket.SCM_CREDENTIALS)

    def last_words(self) -> str:
        """Return the end of what the server wrote to its stderr: for the instructor, when it did not start."""
        if self._errors.closed:
            return ""
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - 2000))
        return self._errors.read(2000).decode(errors="replace").strip()

    def close(self) -> None:
        """End the server and all its children."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._errors.close()
        if self._group is not None:
            self._group.remove()
        if self._folder is not None:
            self._folder.cleanup()


class _Mine(threading.local):
    """The servers of one thread, the last used last. It grades one notebook at a time."""

    def __init__(self) -> None:
        self.servers: dict[Any, ForkServer] = {}


_mine = _Mine()
_all: set[ForkServer] = set()


def warm(limits: Limits, unsafe: bool = False, fresh: bool = False) -> ForkServer:
    """Return this thread's server for notebooks with these packages; make it when there is none.

    fresh: make a new one.
    """
    kind = (limits.forbidden, unsafe, bubblewrap.available(), os.getpid())
    server = _mine.servers.pop(kind, None)
    if server is not None and fresh:
        _close(server)
        server = None
    while server is None and len(_mine.servers) >= KEPT:
        _close(_mine.servers.pop(next(iter(_mine.servers))))
    if server is None:
        server = ForkServer(limits, unsafe)
        _all.add(server)
    _mine.servers[kind] = server
    return server


def _close(server: ForkServer) -> None:
    _all.discard(server)
    server.close()


@atexit.register
def _close_all() -> None:
    for server in list(_all):
        server.close()
