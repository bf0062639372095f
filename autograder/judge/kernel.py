"""A kernel of which nothing is believed: runs cells, carries questions to the agent, and stops it when it must.

The bytes of every message are counted before the message is read, and a message has a largest size. Every wait has
an end.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from dataclasses import replace
from typing import Any, NamedTuple

from nbformat import NotebookNode

from autograder.inside.protocol import ProtocolError, TooLarge, pack, unpack
from autograder.judge.outputs import Keeper
from autograder.sandbox.forkserver import ForkServer, SandboxMissing, warm
from autograder.sandbox.limits import Limits
from autograder.sandbox.memory import highest, queued, resident
from autograder.sandbox.processor import Clock

__all__ = ["InfrastructureError", "Kernel", "Ran", "Stopped"]

TICK = 0.25
GRACE = 5.0
"""Seconds that a kernel has to come back after Ctrl-C."""


class InfrastructureError(RuntimeError):
    """The grader's own machinery failed. It says nothing about the submission; grade it again."""


class Stopped(RuntimeError):
    """The student's kernel is no more, or no longer answers.

    reason: dead, output, memory, total, call, protocol, or judge (what it answered could not be judged).
    """

    def __init__(self, reason: str, text: str):
        super().__init__(text)
        self.reason = reason


class Ran(NamedTuple):
    """What running a cell gave. error: the exception's name, or None."""

    outputs: list[NotebookNode]
    error: str | None
    timed_out: bool


class Kernel:
    """One process in a sandbox. Use as a context manager: it is gone afterwards, whatever happened.

    cold: start a fork server for this one alone, in place of the one that this thread keeps.
    """

    def __init__(self, limits: Limits, unsafe: bool = False, cold: bool = False):
        self.limits, self.unsafe, self.cold = limits, unsafe, cold
        self.received, self.sent, self.peak = 0, 0, 0
        self.stopped: Stopped | None = None
        self._id, self._buffer = 0, bytearray()
        self._keeper: Keeper | None = None
        self._too_much = f"The notebook used more than {limits.resident >> 20} MiB of memory."

    def __enter__(self) -> Kernel:
        self._server: ForkServer | None = None
        try:
            self._child = self._start()
        except SandboxMissing:
            raise
        except Exception as error:
            if self._server is not None:
                self._server.close()
            raise InfrastructureError(f"the kernel did not start: {error}") from error
        self._listen()
        self._deadline = self._test_deadline = self._clock.now() + self.limits.total
        return self

    def _listen(self) -> None:
        self._channel, self.sandboxed = self._child.channel, self._child.isolated
        self._channel.setblocking(False)
        self._poller = select.poll()
        self._poller.register(self._channel, select.POLLIN)
        self._poller.register(self._child.watch, select.POLLIN)
        self._clock = Clock(max(0.0, self.limits.wall - self.limits.total))
        self._clock.look(self._child.init, self._child.pid)
        self._next_look = time.monotonic() + TICK

    def _start(self) -> Any:
        if self.cold:
            self._server = ForkServer(self.limits, self.unsafe)
            return self._server.fork(self.limits)
        try:
            return warm(self.limits, self.unsafe).fork(self.limits)
        except (OSError, RuntimeError):  # that server may be of no more use; a new one deserves a try
            return warm(self.limits, self.unsafe, fresh=True).fork(self.limits)

    def __exit__(self, *error: object) -> None:
        child = getattr(self, "_child", None)
        if child is not None:
            self.peak = max(self.peak, highest(child.pid))
            child.close()
        if self._server is not None:
            self._server.close()

    def out_of_memory(self) -> bool:
        """Return whether the system itself ended something for want of memory."""
        return self._child.out_of_memory()

    @property
    def left(self) -> float:
        """Return the seconds until the notebook's time is over, by its own clock."""
        return max(0.0, self._deadline - self._clock.now())

    @property
    def wall_left(self) -> float:
        """Return the most that may pass until then by the wall's, and what the last question to it may take."""
        return self.left + self._clock.room - self._clock.forgiven + GRACE + TICK

    @property
    def pid(self) -> int:
        """Return the process in which the notebook runs."""
        return self._child.pid

    # -- running cells ------------------------------------------------------------------------------------

    def run(self, code: str) -> Ran:
        """Run a cell of the student's. Never raises: look at `stopped` afterwards."""
        if self.stopped:
            return Ran([], "DeadKernel", False)
        keeper = self._keeper = Keeper(self.limits.kept)
        deadline = self._clock.now() + self.limits.cell
        try:
            reply = self._ask({"op": "run", "code": code}, deadline)
        except TooLarge:
            return Ran([], "TooLong", False)
        timed_out = reply is None and not self.stopped
        if timed_out:
            reply = self._interrupt()
        self._keeper = None
        error = str(reply["ran"])[:80] if reply and reply.get("ran") is not None else None
        return Ran(keeper.outputs, error if reply else "NoAnswer", timed_out)

    def _interrupt(self) -> dict | None:
        """Get the agent out of what takes too long, so that the next cell or test still has a kernel."""
        self._child.interrupt()
        reply = self._await(self._clock.now() + GRACE, callbacks=False)
        if reply is None:
            self._stop("dead", "The kernel was stopped: the code ran too long and could not be interrupted.")
        return reply

    # -- asking the agent ---------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin a test: its questions together have so much time."""
        self._test_deadline = self._clock.now() + self.limits.test

    def ask(self, message: dict, seconds: float | None = None) -> dict:
        """Ask a question, or answer one of the agent's ("to" in the message), and wait for what it says.

        seconds: in place of the limit of a call, for what may take long; the test gets as much more time.
        Raises Stopped when there is no answer and will not be, and ProtocolError when the message is too large.
        """
        if self.stopped:
            raise self.stopped
        if seconds is None:
            seconds = self.limits.call
        elif "to" not in message:
            self._test_deadline += seconds
        reply = self._ask(message, min(self._clock.now() + seconds, self._test_deadline))
        if self.stopped:
            raise self.stopped
        if reply is None:
            self._interrupt()
            text = f"A call took longer than {seconds:.0f} seconds, or all calls longer than {self.limits.test:.0f}."
            raise Stopped("call", text)
        return reply

    # -- another process of ours goes on with the conversation --------------------------------------------

    def parts(self) -> tuple[dict[str, Any], list[int]]:
        """Return what another process needs to take part: data, and descriptors that go beside it."""
        child = replace(self._child, channel=None)
        data = {"limits": self.limits, "child": child, "deadline": self._deadline}
        return data, [self._channel.fileno(), child.watch, child.student]

    @classmethod
    def of_parts(cls, data: dict[str, Any], descriptors: list[int]) -> Kernel:
        """Return the same kernel over there. `leave` it, since it is not that process's to end."""
        kernel = cls(data["limits"])
        channel, watch, student = descriptors
        kernel._child = replace(data["child"], channel=socket.socket(fileno=channel), watch=watch, student=student)
        kernel._listen()
        kernel._deadline = kernel._test_deadline = data["deadline"]
        return kernel

    def leave(self) -> None:
        """Take no part any more."""
        self._channel.close()
        os.close(self._child.watch)
        os.close(self._child.student)

    def state(self) -> dict[str, Any]:
        """Return where the conversation stands, as data."""
        stopped = self.stopped and (self.stopped.reason, str(self.stopped))
        counts = {"received": self.received, "sent": self.sent, "peak": self.peak}
        counts["forgiven"] = self._clock.forgiven
        return {"id": self._id, "buffer": bytes(self._buffer), **counts, "stopped": stopped}

    def go_on(self, state: dict[str, Any]) -> None:
        """Go on where the process that told this state has left off."""
        self._id, self._buffer = state["id"], bytearray(state["buffer"])
        self.received, self.sent, self.peak = state["received"], state["sent"], state["peak"]
        self._clock.forgiven = state["forgiven"]
        self.stopped = Stopped(*state["stopped"]) if state["stopped"] else None

    def give_up(self, reason: str, text: str) -> Stopped:
        """Stop the kernel, whose channel may be in the middle of a message, and return why."""
        self._stop(reason, text)
        return self.stopped or Stopped(reason, text)

    # -- messages -----------------------------------------------------------------------------------------

    def _ask(self, message: dict, deadline: float) -> dict | None:
        if "to" not in message:
            self._id += 1
            message = {"id": self._id, **message}
        data = pack(message).encode()
        self.sent += len(data)
        return self._await(deadline) if self._send(len(data).to_bytes(4, "big") + data, deadline) else None

    def _send(self, data: bytes, deadline: float) -> bool:
        """Send all of it and return True, or False when the other end does not take it in time, or has gone."""
        poller, left = select.poll(), memoryview(data)
        poller.register(self._channel, select.POLLOUT)
        while left:
            try:
                left = left[self._channel.send(left) :]
                continue
            except BlockingIOError:
                pass
            except OSError:
                self._stop("dead", "The kernel no longer takes messages.")
                return False
            self._clock.look(self._child.init, self._child.pid)
            if self._clock.now() > min(deadline, self._deadline):
                self._stop("dead", "The kernel no longer takes messages.")
                return False
            poller.poll(1000 * TICK)
        return True

    def _await(self, deadline: float, callbacks: bool = True) -> dict | None:
        """Return the agent's next word on the last question; None after the deadline, or when stopped."""
        while not self.stopped:
            for message in self._messages():
                if message.get("id") != self._id:
                    continue
                if "out" in message:
                    self._keep(message)
                elif callbacks or "callback" not in message:
                    return message
            if (now := self._clock.now()) > min(deadline, self._deadline):
                self._clock.look(self._child.init, self._child.pid)
                now = self._clock.now()
            if self.stopped or now > min(deadline, self._deadline):
                if now > self._deadline:
                    self._stop("total", f"The notebook took longer than {self.limits.total:.0f} seconds in all.")
                return None
            ready = dict(self._poller.poll(1000 * max(0.0, min(TICK, deadline - now, self._deadline - now)) + 1))
            if self._channel.fileno() in ready:
                self._read()
            elif self._child.watch in ready:
                self._stop("dead", "The kernel died.")
            if time.monotonic() >= self._next_look:
                self._look()
        return None

    def _messages(self) -> Any:
        """Yield the whole messages among the bytes that came."""
        while len(self._buffer) >= 4 and not self.stopped:
            size = int.from_bytes(self._buffer[:4], "big")
            if size > self.limits.message:
                self._stop("output", f"The notebook sent a message of more than {self.limits.message >> 20} MiB.")
                return
            if len(self._buffer) < 4 + size:
                return
            text = bytes(self._buffer[4 : 4 + size])
            del self._buffer[: 4 + size]
            try:
                yield unpack(text.decode())
            except (ProtocolError, UnicodeDecodeError) as error:
                self._stop("protocol", f"The kernel answered with something that is no answer: {error}.")
                return

    def _read(self) -> None:
        try:
            data = self._channel.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.received += len(data)
        self._buffer += data
        if not data:
            self._stop("dead", "The kernel died.")
        elif self.received > self.limits.output + self.sent:  # arguments come back
            self._stop("output", f"The notebook wrote more than {self.limits.output >> 20} MiB.")

    def _keep(self, message: dict) -> None:
        if self._keeper is not None and isinstance(message["out"], str):
            with contextlib.suppress(Exception):  # the student's process writes what it likes
                self._keeper.add(message["out"], message["content"])

    def _look(self) -> None:
        """Stop the kernel if all its processes together took too much memory."""
        self._next_look = time.monotonic() + TICK
        self._clock.look(self._child.init, self._child.pid)
        used = resident(self._child.init, self._child.pid)
        used += queued(self._child.pid) if self.sandboxed else 0
        self.peak = max(self.peak, used)
        if used > self.limits.resident or self._child.out_of_memory():
            self._stop("memory", self._too_much)

    def _stop(self, reason: str, text: str) -> None:
        if self.stopped is not None:
            return
        if reason == "dead" and self._child.out_of_memory():
            reason, text = "memory", self._too_much
        self.stopped = Stopped(reason, text)
        self._child.kill()
