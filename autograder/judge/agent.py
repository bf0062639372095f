"""Runs in the student's kernel: calls the student's functions when the judge asks.

`serve` keeps one cell busy and talks through the kernel's stdin channel: it asks for input with a prompt that is its
message, and the input that it gets is the judge's. Nothing here is trusted by the judge, since student code
can change all of it. It needs nothing but the standard library, NumPy and IPython.

judge: {"op": "names", "names": [...]} | {"op": "call", "name": ..., "args": [...]} | {"op": "end"}
       {"value": ...} | {"error": [type, message]}               (the answer to a callback)
agent: {"ready": true} | {"names": [...]} | {"value": ..., "changed": [...]} | {"error": text}
       {"callback": number, "args": [...]}
"""

import builtins
import secrets
import traceback

import numpy as np

from autograder.judge.protocol import ProtocolError, TooLarge, decode, encode, pack, unpack

__all__ = ["describe", "same", "serve"]


class _Server:
    def __init__(self, shell):
        self.names, self.objects, self.ids = shell.user_ns, {}, {}
        self.kernel = shell.kernel

    def ask(self, message):
        """Send a message to the judge and wait for the next one."""
        return unpack(self.kernel.raw_input(pack(message)))

    def refer(self, value):
        """The handle of an object that stays here."""
        id = self.ids.get(builtins.id(value))
        if id is None:
            id = self.ids[builtins.id(value)] = secrets.token_hex(8)
            self.objects[id] = value
        return {"h": id, "n": type(value).__name__}

    def resolve(self, data):
        """The object of a handle, or a function that calls the judge's."""
        if "f" in data:
            return self.callback(data["f"], data.get("n", "function"))
        if "g" in data:
            return self.names[data["g"]]
        if data["h"] not in self.objects:
            raise ProtocolError("unknown handle")
        return self.objects[data["h"]]

    def callback(self, number, name):
        def function(*args):
            reply = self.ask({"callback": number, "args": [encode(arg, self.refer) for arg in args]})
            if "error" in reply:
                kind, text = reply["error"]
                error = getattr(builtins, kind, None)
                raise error(text) if isinstance(error, type) and issubclass(error, Exception) else RuntimeError(text)
            return decode(reply["value"], self.resolve)

        function.__name__ = name
        return function

    def call(self, request):
        """Call a function on fresh copies; tell what it returned and which arguments it changed."""
        function = self.names.get(request["name"])
        if not callable(function):
            return {"error": f"TypeError: {request['name']} is a {type(function).__name__}, not a function"}
        args = [decode(arg, self.resolve) for arg in request["args"]]
        before = [decode(arg, self.resolve) for arg in request["args"]]
        try:
            value = function(*args)
        except BaseException as error:
            return {"error": describe(error)}
        changed = [k for k, (old, new) in enumerate(zip(before, args)) if not same(old, new)]
        try:
            return {"value": encode(value, self.refer), "changed": changed}
        except TooLarge:
            raise
        except ProtocolError:
            return {"value": self.refer(value), "changed": changed}

    def answer(self, request):
        if request["op"] == "names":
            return {"names": [name for name in request["names"] if name in self.names]}
        return self.call(request)


def serve():
    """Answer the judge until it says that it is done."""
    from IPython import get_ipython

    server = _Server(get_ipython())
    message = {"ready": True}
    while True:
        try:
            request = server.ask(message)
            if request["op"] == "end":
                return
            message = server.answer(request)
            pack(message)
        except KeyboardInterrupt:
            message = {"error": "KeyboardInterrupt: the call took too long"}
        except ProtocolError as error:
            message = {"error": f"the value returned cannot be sent: {error}"}


def same(old, new):
    """Unchanged to the last bit. What is no data counts as unchanged."""
    if isinstance(old, np.ndarray):
        if not isinstance(new, np.ndarray):
            return True
        exact = old.dtype == new.dtype and old.shape == new.shape
        return exact and np.ascontiguousarray(old).tobytes() == np.ascontiguousarray(new).tobytes()
    if type(old) is dict and type(new) is dict:
        return old.keys() == new.keys() and all(same(old[key], new[key]) for key in old)
    return True


def describe(error):
    """Type, message, and the innermost line that a student wrote."""
    try:
        text = f"{type(error).__name__}: {error}"[:1000]
    except BaseException:
        text = type(error).__name__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    own = [frame for frame in frames if "site-packages" not in frame.filename and "/lib/python" not in frame.filename]
    frame = (own or frames or [None])[-1]
    return text if frame is None else f"{text}, in {frame.name}, line {frame.lineno}: {frame.line}"[:2000]
