"""Judge each test cell in a process forked from this one, with limits of time and memory.

The cases run their own code on what a student's function returned, and that may be anything: a list that takes
hours to walk through, two arrays that together broadcast to terabytes. What that costs ends with the fork: the
verdict comes back as data, with where the conversation with the kernel stands, or there is none, and then the
exercise earns nothing and the kernel is replaced.

A thread keeps its referee from one cell and one notebook to the next, as long as it lives: a fork is cheap, but what
it shares is copied where it is used, and that is not.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import math
import os
import pickle
import re
import resource
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.checks import Verdict, run_check
from autograder.checks.known_answers import load_cases
from autograder.judge.kernel import Kernel
from autograder.judge.testcell import run_test
from autograder.sandbox.limits import Limits

__all__ = ["judge_apart", "pid"]

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
LENGTH = struct.Struct(">Q")
"""How long the message after it is."""
UNJUDGED = "The answer could not be judged:"


def judge_apart(
    cell: NotebookNode, kernel: Kernel, seed: int, broken: dict[str, str], run: Callable[..., Verdict] = run_check
) -> Verdict:
    """Return the verdict of `run_test` with the same arguments, reached in another process.

    Where that process took too much, or crashed, `kernel` is stopped, and the verdict says why.
    """
    if not kernel.stopped:
        referee = _mine.referee
        if referee is None or referee.run is not run or not referee.is_alive():
            _mine.end()
            referee = _mine.referee = _Referee(run)
        told = referee.ask(kernel, (cell, seed, broken, kernel.state()))
        if told is not None:
            verdict, written, state = told
            if isinstance(verdict, Exception):
                raise verdict
            cell.update(written)
            kernel.go_on(state)
            if kernel.stopped and kernel.stopped.reason == "judge":  # the next one has all its memory
                _mine.end()
            return verdict
        kernel.give_up("judge", _why(_mine.end(), kernel.limits))
    return run_test(cell, kernel, seed, broken, run)


class _Referee:
    """A process forked from this one that judges test cells with `run`."""

    def __init__(self, run: Callable[..., Verdict]):
        self._socket, theirs = socket.socketpair()
        self.run, self._of = run, None
        self._status: int | None = None
        self.parent, self.process = os.getpid(), os.fork()
        if self.process == 0:
            try:
                LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
                self._socket.close()
                if os.getppid() == self.parent:
                    _serve(theirs, run)
            finally:
                os._exit(0)  # nothing that the parent has registered for its own end
        theirs.close()

    def is_alive(self) -> bool:
        """Return whether it is there, and a child of this very process."""
        return self.parent == os.getpid() and self._status is None and self._ended(os.WNOHANG) is None

    def _ended(self, options: int = 0) -> int | None:
        pid, status = os.waitpid(self.process, options)
        if pid:
            self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def ask(self, kernel: Kernel, question: tuple) -> Any:
        """Return the answer, or None when none comes in time, or will come."""
        data, descriptors = (None, []) if self._of is kernel else kernel.parts()
        self._of = kernel
        try:
            _send(self._socket, (data, question), descriptors)
            return _receive(self._socket, time.monotonic() + kernel.wall_left)[0]
        except (OSError, EOFError):
            return None

    def close(self) -> int:
        """End the process and return how it ended."""
        self._socket.close()
        if self.parent == os.getpid() and self._status is None:
            os.kill(self.process, signal.SIGKILL)
            self._ended()
        return self._status or 0


class _Mine(threading.local):
    """The referee of one thread."""

    referee: _Referee | None = None

    def end(self) -> int:
        """End it and return how it ended."""
        referee, self.referee = self.referee, None
        return referee.close() if referee is not None else 0


_mine = _Mine()


def pid() -> int | None:
    """Return the process of this thread's referee, if there is one."""
    return _mine.referee.process if _mine.referee is not None else None


def _serve(channel: socket.socket, run: Callable[..., Verdict]) -> None:
    """Judge one cell after the other, each within the limits, until the other end has gone."""
    kernel: Any = None

    def run_within(*args: Any) -> Verdict:
        try:
            return run(*args)
        except MemoryError:  # wherever it was, perhaps in the middle of a message
            raise kernel.give_up("judge", _too_large(kernel.limits)) from None

    gc.freeze()  # else a collection touches, and so copies, all that the parent has
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # when memory is short, this process and not its parent
    while True:
        (data, (cell, seed, broken, state)), descriptors = _receive(channel)
        if data is not None:
            if kernel is not None:
                kernel.leave()
            kernel = Kernel.of_parts(data, descriptors)
        kernel.go_on(state)
        _import_cases(cell.source)
        _bound(kernel.limits)
        try:
            verdict = run_test(cell, kernel, seed, broken, run_within)
        except Exception as error:  # a fault of ours, which is told where it can be helped
            verdict = error
        written = {name: cell[name] for name in ("outputs", "execution_count", "metadata") if name in cell}
        _send(channel, (verdict, written, kernel.state()))


def _import_cases(source: str) -> None:
    """Import what the cell's cases do, which may be all of torch, before memory is bounded."""
    for exercise in re.findall(r'\bcheck\(\s*["\'](\w+)', source):
        with contextlib.suppress(Exception):  # the verdict tells
            load_cases(exercise)


def _bound(limits: Limits) -> None:
    """Give this process so much processor time from now on, and so much memory above what it has."""
    spent, size = time.process_time(), int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for name, soft in (("RLIMIT_CPU", math.ceil(spent + limits.judge)), ("RLIMIT_AS", size + limits.judge_memory)):
        kind = getattr(resource, name)
        resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))


def _send(channel: socket.socket, message: Any, descriptors: list[int] | tuple[()] = ()) -> None:
    data = pickle.dumps(message)
    channel.settimeout(None)
    socket.send_fds(channel, [LENGTH.pack(len(data))], descriptors)
    channel.sendall(data)


def _receive(channel: socket.socket, deadline: float | None = None) -> tuple[Any, list[int]]:
    """Return the next message, from a process that runs our code only, and the descriptors that came with it.

    Raises EOFError or TimeoutError when there is none.
    """
    data, descriptors, size = bytearray(), [], LENGTH.size
    while len(data) < size:
        channel.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
        part, given, _, _ = socket.recv_fds(channel, min(1 << 20, size - len(data)), 3)
        if not part:
            raise EOFError
        data += part
        descriptors += given
        if len(data) == LENGTH.size:
            size += LENGTH.unpack(data)[0]
    return pickle.loads(data[LENGTH.size :]), descriptors


def _why(status: int, limits: Limits) -> str:
    """Return why a referee that ended so gave no verdict."""
    if status == -signal.SIGXCPU:
        return f"{UNJUDGED} comparing it took longer than {limits.judge} seconds."
    if status == -signal.SIGKILL:  # by us, when the notebook's time was over, or by the system, for want of memory
        return f"{UNJUDGED} comparing it took too long, or too much memory."
    return f"{UNJUDGED} comparing it ended the process that did it ({status})."


def _too_large(limits: Limits) -> str:
    return f"{UNJUDGED} comparing it took more than {limits.judge_memory >> 20} MiB of memory."
