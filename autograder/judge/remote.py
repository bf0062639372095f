"""What a check is given to call: the student's functions, whose answers are only data.

A backward pass reads the cache that the student's own forward pass leaves, and what it gives is compared with the true
gradient whatever the forward pass says. Where an exercise trains, its one answer is numbers, and the case's judge runs
the network itself: a model that is only right together with a function defined again is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.checks.calls import Reply
from autograder.checks.words import plain, raised
from autograder.inside.protocol import ProtocolError, decode, encode
from autograder.inside.values import Raised, can_change, is_data, unchanged
from autograder.judge.kernel import Kernel

__all__ = ["RemoteFunction"]

MAX_CALLBACKS = 10_000


@dataclass(frozen=True)
class RemoteFunction:
    """A function in the student's process. Arguments go as data, or as what the student's process gave us before."""

    kernel: Kernel
    name: str

    def __call__(self, *args: Any) -> Any:
        reply = self.call_remote(args)
        if reply.error is not None:
            raise RuntimeError(raised(reply.error))
        return reply.value

    def call_remote(self, args: tuple, seconds: float | None = None) -> Reply:
        """Return value, positions of changed arguments and exception. Raises Stopped if the kernel is no more.

        The arguments come back, and are compared here: over there is nobody whose word on it counts. What is seen is
        what the whole process does. One that hands the function copies has made it pure, by whatever road.
        """
        functions: list[Callable] = []
        data = [_encode(arg, functions) for arg in args]
        answer = self.kernel.ask({"op": "call", "name": self.name, "args": data}, seconds)
        for _ in range(MAX_CALLBACKS):
            if "callback" not in answer:
                return _reply(answer, args, data)
            asked = answer.get("k")
            to = asked if type(asked) is int else None
            answer = self.kernel.ask({"to": to, **_answer_callback(answer, functions)}, seconds)
        text = f"a function that was passed in was called more than {MAX_CALLBACKS} times"
        return Reply(None, (), Raised("RuntimeError", text))

    def module_remote(self, args, state, inputs, upstream, seconds: float | None = None) -> Reply:
        """Return what run_module (autograder.inside.torch_module) gives over there."""
        parts = {"state": state, "inputs": list(inputs), "upstream": list(upstream)}
        message = {"op": "module", "name": self.name, "args": [encode(arg) for arg in args]}
        message |= {name: encode(part) for name, part in parts.items()}
        return _reply(self.kernel.ask(message, seconds))


def _encode(arg: Any, functions: list[Callable]) -> Any:
    """Write data as data and functions of ours by number, wherever they are among the argument's parts."""

    def refer(value: Any) -> dict:
        if isinstance(value, RemoteFunction):
            return {"g": value.name}
        if callable(value):
            functions.append(value)
            return {"f": len(functions) - 1, "n": getattr(value, "__name__", "function")}
        if isinstance(value, tuple | list | dict):
            return {"h": None}
        raise ProtocolError(f"{type(value).__name__} has no form as data")

    return encode(arg, refer)


def _reply(answer: dict, args: tuple = (), data: list | tuple = ()) -> Reply:
    """Make a Reply from an answer that may be anything. args, data: what was sent, and in which form."""
    if "error" in answer:
        return Reply(None, (), _error(answer["error"]))
    back = answer.get("args")
    back = back[: len(args)] if isinstance(back, list) else []
    back += [None] * (len(args) - len(back))
    changed = tuple(k for k, each in enumerate(zip(args, data, back)) if not _came_back(*each))
    try:
        return Reply(decode(answer.get("value")), changed, None)
    except ProtocolError as error:
        return Reply(None, (), Raised("ProtocolError", f"the value returned cannot be read: {error}"))


def _came_back(arg: Any, data: Any, back: Any) -> bool:
    """Return whether an argument, sent as `data`, came back unchanged. What is no data is the student's to change."""
    if _same(back, data) or not (can_change(arg) and is_data(arg)):  # the same text, nearly always
        return True
    try:
        return unchanged(arg, decode(back))
    except ProtocolError:
        return False


def _same(back: Any, data: Any) -> bool:
    """Return whether JSON data are the same, no deeper than `data` is: 1 is not 1.0."""
    if type(back) is not type(data):
        return False
    if isinstance(data, dict):
        return back.keys() == data.keys() and all(_same(back[key], value) for key, value in data.items())
    if isinstance(data, list):
        return len(back) == len(data) and all(map(_same, back, data))
    return back == data


def _error(said: Any) -> Raised:
    """Make an exception from fields that may be anything: those that are not as they should be are left out."""
    said = said if isinstance(said, dict) else {}
    texts = {
        name: plain(text)[:1000]
        for name in ("type", "message", "function", "source", "kinds")
        if isinstance(text := said.get(name), str)
    }
    line = said.get("line") if type(said.get("line")) is int and 0 < said["line"] < 10**6 else 0
    return Raised(texts.pop("type", "") or "Exception", **texts, line=line)


def _answer_callback(question: dict, functions: list[Callable]) -> dict:
    """Call a function of ours for the student's process. Whatever goes wrong is told to it alone."""
    try:
        number, args = question.get("callback"), question.get("args")
        if type(number) is not int or not 0 <= number < len(functions) or not isinstance(args, list):
            raise ProtocolError("no such function")
        value = functions[number](*[decode(arg) for arg in args])
        return {"value": encode(value)}
    except Exception as error:
        return {"error": [type(error).__name__, str(error)[:500]]}
