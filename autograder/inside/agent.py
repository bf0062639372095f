"""Runs in the student's process: runs cells, and calls the student's functions, when the judge asks.

Nothing here is trusted by the judge, since student code can change all of it. It needs nothing but the standard
library, NumPy and IPython.

judge: {"id": n, "op": "run", "code": ...} | {"id": n, "op": "names", "names": [...]}
       {"id": n, "op": "call", "name": ..., "args": [...]}
       {"id": n, "op": "module", "name": ..., "args": [...], "state": ..., "inputs": ..., "upstream": ...}
       {"to": k, "value": ...} | {"to": k, "error": [type, message]}              (the answer to callback k)
agent: {"id": n, "out": kind, "content": {...}}                                   (an output, while n is worked on)
       {"id": n, "ran": error name or null} | {"id": n, "names": [...]}
       {"id": n, "value": ..., "args": [what can be changed, after the call, else null]}
       {"id": n, "error": fields of values.Raised}
       {"id": n, "callback": number, "args": [...], "k": k}
"""

import builtins
import random
import secrets
import signal
import sys
from dataclasses import asdict

import numpy as np

from .channel import Channel
from .protocol import ProtocolError, TooLarge, decode, encode
from .shell import Stream, make_shell
from .torch_module import run_module
from .values import Raised, can_change, describe

__all__ = ["Agent"]


class Agent:
    """Made once, before the fork; serves in one child."""

    def __init__(self):
        self.shell = make_shell()
        self.names, self.objects, self.ids = self.shell.user_ns, {}, {}
        self.id, self.callbacks = None, 0

    def serve(self, sock):
        """Answer until the other end has gone."""
        self.channel = Channel(sock)
        signal.signal(signal.SIGINT, self.channel.on_interrupt)
        self.shell.show = self.show
        sys.stdout, sys.stderr = self.streams = [Stream(name, self.show) for name in ("stdout", "stderr")]
        _same_start()
        while True:
            request = self.channel.receive()
            if "op" not in request:  # the answer to a callback that was given up
                continue
            self.id = request["id"]
            try:
                reply = self.answer(request)
                for stream in self.streams:
                    stream.flush()
                self.channel.send({"id": self.id, **reply})
            except KeyboardInterrupt:
                self.channel.send({"id": self.id, "error": _error("KeyboardInterrupt", "the call took too long")})
            except ProtocolError as error:
                self.channel.send(
                    {"id": self.id, "error": _error("ProtocolError", f"the value returned cannot be sent: {error}")}
                )

    def show(self, kind, content):
        """Send an output. What is too large is not kept anyway."""
        if kind != "stream":
            for stream in self.streams:
                stream.flush()
        try:
            self.channel.send({"id": self.id, "out": kind, "content": content})
        except ProtocolError:
            if kind != "stream":
                self.show("stream", {"name": "stderr", "text": "An output was too large to be kept.\n"})

    def answer(self, request):
        """Return the reply to one request."""
        if request["op"] == "run":
            return {"ran": self.run(request["code"])}
        if request["op"] == "names":
            return {"names": [name for name in request["names"] if name in self.names]}
        return self.module(request) if request["op"] == "module" else self.call(request)

    def run(self, code):
        """Run a cell; return the name of the exception that ended it, or None."""
        try:
            with self.channel.interruptible():
                result = self.shell.run_cell(code, store_history=True)
        except BaseException as error:
            return type(error).__name__
        error = result.error_before_exec or result.error_in_exec
        return None if error is None else type(error).__name__

    def refer(self, value):
        """Return the handle of an object that stays here."""
        id = self.ids.get(builtins.id(value))
        if id is None:
            id = self.ids[builtins.id(value)] = secrets.token_hex(8)
            self.objects[id] = value
        return {"h": id, "n": type(value).__name__}

    def resolve(self, data):
        """Return the object of a handle, or a function that calls the judge's."""
        if "f" in data:
            return self.callback(data["f"], data.get("n", "function"))
        if "g" in data:
            return self.names[data["g"]]
        if data["h"] not in self.objects:
            raise ProtocolError("unknown handle")
        return self.objects[data["h"]]

    def callback(self, number, name):
        """Return a function that the judge computes."""

        def function(*args):
            self.callbacks += 1
            k, data = self.callbacks, [encode(arg, self.refer) for arg in args]
            self.channel.send({"id": self.id, "callback": number, "args": data, "k": k})
            reply = self.channel.receive()
            while reply.get("to") != k:
                reply = self.channel.receive()
            if "error" in reply:
                kind, text = reply["error"]
                error = getattr(builtins, kind, None)
                raise error(text) if isinstance(error, type) and issubclass(error, Exception) else RuntimeError(text)
            return decode(reply["value"], self.resolve)

        function.__name__ = name
        return function

    def call(self, request):
        """Call a function on fresh copies; send what it returned, and what has become of the arguments."""
        function = self.names.get(request["name"])
        if not callable(function):
            return {"error": _error("TypeError", f"{request['name']} is a {type(function).__name__}, not a function")}
        args = [decode(arg, self.resolve) for arg in request["args"]]
        try:
            with self.channel.interruptible():
                value = function(*args)
        except BaseException as error:
            return {"error": asdict(describe(error))}
        back = [_sent_back(arg) for arg in args]
        try:
            return {"value": encode(value, self.refer), "args": back}
        except TooLarge:
            raise
        except ProtocolError:
            return {"value": self.refer(value), "args": back}

    def module(self, request):
        """Make a torch module, load weights, run it forward and back."""
        make = self.names.get(request["name"])
        args = [decode(arg, self.resolve) for arg in request["args"]]
        state, inputs, upstream = (decode(request[name], self.resolve) for name in ("state", "inputs", "upstream"))
        try:
            with self.channel.interruptible():
                return {"value": encode(run_module(make, args, state, inputs, upstream))}
        except BaseException as error:
            return {"error": asdict(describe(error))}


def _sent_back(arg):
    """Return an argument as data for the judge to compare; None for what nobody can change, or has no such form now."""
    try:
        return encode(arg) if can_change(arg) else None
    except ProtocolError:
        return None


def _error(kind, message):
    """Return an exception that no student's code raised, in the form of all others."""
    return asdict(Raised(kind, message))


def _same_start():
    """Let random numbers begin alike in each notebook, or the same work could be graded differently twice."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  (the generator that students may use without a seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)
