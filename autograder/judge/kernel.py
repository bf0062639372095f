"""A kernel of which nothing is believed: runs cells, carries questions to the agent, and stops it when it must.

The bytes of every message are counted before the message is read. One message part has a largest size, and a
connection that breaks stays broken. Every wait has an end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import zmq
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode

from autograder.judge.outputs import Keeper
from autograder.judge.protocol import ProtocolError, pack, unpack
from autograder.sandbox import bubblewrap
from autograder.sandbox.limits import Limits
from autograder.sandbox.memory import own, resident
from autograder.sandbox.provisioner import SandboxMissing, as_config

__all__ = ["InfrastructureError", "Kernel", "Ran", "Stopped"]

KERNELS = Path(__file__).resolve().parent.parent / "sandbox" / "kernels"
SERVE = "__import__('autograder.judge.agent', fromlist=['serve']).serve()"
TICK = 0.25
ROOM = 512 << 20
"""Bytes by which this process may grow while a kernel runs: one message can have endlessly many parts, of which
ZeroMQ tells only when the last has come.
"""


class InfrastructureError(RuntimeError):
    """The grader's own machinery failed. It says nothing about the submission; grade it again."""


class Stopped(RuntimeError):
    """The student's kernel is no more, or no longer answers. reason: dead, output, memory, total, call, or protocol."""

    def __init__(self, reason: str, text: str):
        super().__init__(text)
        self.reason = reason


class Ran(NamedTuple):
    """What running a cell gave. error: the exception's name, or None."""

    outputs: list[NotebookNode]
    error: str | None
    timed_out: bool


class Kernel:
    """One kernel in a sandbox. Use as a context manager: it is gone afterwards, whatever happened."""

    def __init__(self, limits: Limits, unsafe: bool = False):
        self.limits, self.unsafe, self.received, self.peak = limits, unsafe, 0, 0
        self.stopped: Stopped | None = None
        self._inputs: list[dict] = []
        self._serving: str | None = None

    def __enter__(self) -> Kernel:
        self._deadline, self._own = time.monotonic() + self.limits.total, own()
        self._folder = tempfile.mkdtemp(prefix="judge-")
        self._context = zmq.Context()
        # defaults of every socket of this context: no giant parts, short queues, a broken connection stays broken
        self._context.MAXMSGSIZE, self._context.RCVHWM, self._context.RECONNECT_IVL = self.limits.message, 64, -1
        self._context.LINGER, self._context.SNDTIMEO = 0, 2000  # nobody there to take a message: say so, do not wait
        try:
            self._start()
        except SandboxMissing:
            self.__exit__()
            raise
        except Exception as error:
            text = f"the kernel did not start: {error}. {self._last_words()}"
            self.__exit__()
            raise InfrastructureError(text) from error
        return self

    def __exit__(self, *error: object) -> None:
        client, manager = getattr(self, "_client", None), getattr(self, "_manager", None)
        if client is not None:
            client.stop_channels()
        if manager is not None:
            process = self._provisioner.process if self._provisioner else None
            if process is not None:  # sooner than jupyter_client, which looks only ten times a second
                process.kill()
                process.wait()
            with contextlib.suppress(Exception):
                manager.shutdown_kernel(now=True)
        self._context.destroy(linger=0)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        specs = KernelSpecManager(kernel_dirs=[str(KERNELS)], ensure_native_kernel=False)
        self._manager = KernelManager(
            kernel_name="rnn-course-sandbox",
            kernel_spec_manager=specs,
            context=self._context,
            connection_file=os.path.join(self._folder, "connection.json"),
            transport="ipc",
        )
        self.sandboxed = bubblewrap.available() is not None
        spec: Any = self._manager.kernel_spec
        spec.metadata["kernel_provisioner"]["config"] = as_config(self.limits, self.unsafe)
        self._manager.start_kernel()
        deadline = time.monotonic() + self.limits.start
        info: Any = self._manager.get_connection_info()
        for name in ("shell_port", "iopub_port", "stdin_port", "control_port"):
            self._wait_for_socket(f"{info['ip']}-{info[name]}", deadline)
        self._client = self._manager.client(context=self._context)
        self._client.start_channels(hb=False)
        self._poller = zmq.Poller()
        self._sockets: dict[Any, Callable] = {
            self._client.iopub_channel.socket: self._on_iopub,
            self._client.shell_channel.socket: self._on_shell,
            self._client.stdin_channel.socket: self._on_stdin,
        }
        for each in self._sockets:
            self._poller.register(each, zmq.POLLIN)
        self._heard = False
        while not self._heard:  # until its broadcasts reach us, too
            self._await(self._client.kernel_info(), min(deadline, time.monotonic() + 5.0))
            if self.stopped or time.monotonic() > deadline:
                raise self.stopped or TimeoutError(f"no answer within {self.limits.start:.0f} s")

    def _wait_for_socket(self, path: str, deadline: float) -> None:
        while True:
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(path)
                    return
                except OSError:
                    pass
            if self._dead() or time.monotonic() > deadline:
                raise TimeoutError("the kernel died" if self._dead() else "the kernel is not listening")
            time.sleep(0.02)

    def _last_words(self) -> str:
        return self._provisioner.last_words() if self._provisioner is not None else ""

    @property
    def _provisioner(self) -> Any:
        manager = getattr(self, "_manager", None)
        return manager.provisioner if manager is not None else None

    def _dead(self) -> bool:
        process = self._provisioner.process if self._provisioner else None
        return process is None or process.poll() is not None

    # -- running cells ------------------------------------------------------------------------------------

    def run(self, code: str) -> Ran:
        """Run a cell of the student's. Never raises: look at `stopped` afterwards."""
        if self.stopped:
            return Ran([], "DeadKernel", False)
        self._keeper = Keeper(self.limits.kept)
        id = self._send(self._client.execute, code, store_history=True, allow_stdin=False, stop_on_error=False)
        reply = self._await(id, time.monotonic() + self.limits.cell)
        timed_out = reply is None and not self.stopped
        if timed_out:
            reply = self._interrupt(id)
        error = None if reply and reply.get("status") == "ok" else str((reply or {}).get("ename", "NoAnswer"))[:80]
        return Ran(self._keeper.outputs, error, timed_out)

    def _send(self, send: Callable, *args: Any, **options: Any) -> Any:
        """Send, or stop the kernel if the other end has gone."""
        try:
            return send(*args, **options)
        except zmq.ZMQError:
            self._stop("dead", "The kernel no longer takes messages.")

    def _interrupt(self, id: str) -> dict | None:
        self._send(self._client.control_channel.send, self._client.session.msg("interrupt_request", {}))
        reply = self._await(id, time.monotonic() + 5.0)
        if reply is None:
            self._stop("dead", "The kernel was stopped: a cell ran too long and could not be interrupted.")
        return reply

    # -- asking the agent ---------------------------------------------------------------------------------

    def open(self) -> None:
        """Start a conversation with the agent."""
        self._keeper, self._inputs = Keeper(0), []
        self._test_deadline = time.monotonic() + self.limits.test
        self._serving = self._send(self._client.execute, SERVE, silent=True, store_history=False, allow_stdin=True)
        self._receive(self.limits.call)

    def ask(self, message: dict) -> dict:
        """Send a question, wait for the answer. Raises Stopped when there is none, ever."""
        if self.stopped:
            raise self.stopped
        if self._serving is None:
            raise Stopped("protocol", "The kernel no longer answers: does the notebook change how cells are run?")
        self._send(self._client.input, pack(message))
        return self._receive(self.limits.call)

    def close(self) -> None:
        """End the conversation."""
        if self.stopped or self._serving is None:
            return
        self._send(self._client.input, pack({"op": "end"}))
        if self._await(self._serving, time.monotonic() + 5.0) is None and not self.stopped:
            self._interrupt(self._serving)
        self._serving = None

    def _receive(self, seconds: float) -> dict:
        deadline = min(time.monotonic() + seconds, self._test_deadline)
        ended = self._await(self._serving, deadline, until_input=True)
        if self.stopped:
            raise self.stopped
        if self._inputs:
            content = self._inputs.pop(0)
            try:
                return unpack(content.get("prompt"))
            except ProtocolError as error:
                raise Stopped("protocol", f"The kernel answered with something that is no answer: {error}.") from error
        if ended is not None:
            self._serving = None
            raise Stopped("protocol", "The kernel no longer answers: does the notebook change how cells are run?")
        self._interrupt_call()
        raise Stopped("call", f"A call took longer than {seconds:.0f} seconds, or all calls longer than "
                              f"{self.limits.test:.0f}.")  # fmt: skip

    def _interrupt_call(self) -> None:
        """Get the agent out of a call that takes too long, so that the next test still has a kernel."""
        self._send(self._client.control_channel.send, self._client.session.msg("interrupt_request", {}))
        ended = self._await(self._serving, time.monotonic() + 5.0, until_input=True)
        if ended is None and not self._inputs:
            self._stop("dead", "The kernel was stopped: a call ran too long and could not be interrupted.")
        if ended is not None:
            self._serving = None
        self._inputs.clear()

    # -- one loop for all waiting -------------------------------------------------------------------------

    def _await(self, id: str | None, deadline: float, until_input: bool = False) -> dict | None:
        """The reply to request `id`; or None after the deadline, when stopped, or when the agent wrote."""
        self._waiting, self._reply, self._idle = id, None, False
        grace = None
        while not self.stopped:
            now = time.monotonic()
            if self._reply is not None:
                grace = grace or now + 1.0
                if self._idle or now > grace:
                    return self._reply
            if until_input and self._inputs:
                return None
            if now > min(deadline, self._deadline):
                if now > self._deadline:
                    self._stop("total", f"The notebook took longer than {self.limits.total:.0f} seconds in all.")
                return None
            ready = self._poller.poll(int(1000 * max(0.0, min(TICK, deadline - now))))
            for each, _ in ready:
                self._read(each)
            self._watch(bool(ready))
        return None

    def _watch(self, busy: bool) -> None:
        """Stop the kernel if it took too much memory; notice if it died."""
        now = time.monotonic()
        if now >= getattr(self, "_next_look", 0.0):
            self._next_look = now + TICK
            used = resident(self._provisioner.child_pid)
            self.peak = max(self.peak, used)
            if used > self.limits.resident:
                self._stop("memory", f"The notebook used more than {self.limits.resident >> 20} MiB of memory.")
            if own() > self._own + ROOM:
                self._stop("output", "The notebook sent a message without an end.")
        if not busy and self._dead():
            self._stop("dead", "The kernel died.")

    def _read(self, each: Any) -> None:
        try:
            parts = each.recv_multipart(zmq.NOBLOCK)
        except zmq.ZMQError:
            return
        self.received += sum(len(part) for part in parts)
        if self.received > self.limits.output:
            self._stop("output", f"The notebook wrote more than {self.limits.output >> 20} MiB.")
            return
        session = self._client.session
        try:
            message = session.deserialize(session.feed_identities(parts)[1])
            self._sockets[each](message["msg_type"], message["content"], message["parent_header"].get("msg_id"))
        except Exception:
            return  # not a Jupyter message: the student's process writes what it likes

    def _on_iopub(self, kind: str, content: dict, parent: str) -> None:
        self._heard = True
        if parent != self._waiting:
            return
        if kind == "status" and content["execution_state"] == "idle":
            self._idle = True
        elif self._keeper is not None:
            self._keeper.add(kind, content)

    def _on_shell(self, kind: str, content: dict, parent: str) -> None:
        if parent == self._waiting and isinstance(content, dict):
            self._reply = content

    def _on_stdin(self, kind: str, content: dict, parent: str) -> None:
        if kind == "input_request" and isinstance(content, dict) and len(self._inputs) < 100:
            self._inputs.append(content)

    _keeper: Keeper | None = None

    def _stop(self, reason: str, text: str) -> None:
        if self.stopped is None:
            self.stopped = Stopped(reason, text)
        process = self._provisioner.process if self._provisioner else None
        if process is not None:
            process.kill()
