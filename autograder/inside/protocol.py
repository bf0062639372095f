"""Values as text, both ways, between the judge and the student's process. Data only: never pickle, never code.

A value is JSON. null, true, numbers and strings are themselves; everything else is an object with one tag:

    {"a": base64 of a .npy file, "s": a NumPy scalar?, "ro": read-only?, "v": a non-contiguous view?,
     "tensor": a torch tensor?}
    {"r": [state, increment]}       a random generator, in words of decimal digits
    {"z": [re, im]}                 a complex number
    {"i": "123"}                    an integer beyond 53 bits
    {"t": [...], "h": handle}       a tuple;  {"l": [...], "h": handle}  a list
    {"d": [[key, value], ...]}      a dict, with "h" if it is not only data
    {"h": handle, "n": type name}   something that stays where it is
    {"f": number, "n": name}        a function of the judge's
    {"g": name}                     a function of the student's, by name

The student's process may send anything at all. `decode` answers with a value or with ProtocolError, within bounds.
This file also runs in the student's process, so it needs nothing but the standard library and NumPy.
"""

import json
import re
import sys
from array import array
from collections import deque
from typing import Any

import numpy as np

from .handles import Handle, RemoteDict, RemoteList, RemoteTuple
from .npy import ProtocolError, TooLarge, array_from_text, array_to_text, spread
from .values import is_data, is_tensor

__all__ = [
    "Bounds",
    "Handle",
    "ProtocolError",
    "RemoteDict",
    "RemoteList",
    "RemoteTuple",
    "TooLarge",
    "decode",
    "encode",
    "pack",
    "unpack",
]


class Bounds:
    """How much is too much. text: characters of a message. depth, count: of nested values. elements: of all arrays of a
    message together. string: characters of one.
    """

    def __init__(self, text=6_000_000, depth=20, count=20_000, elements=500_000, string=200_000):
        self.text, self.depth, self.count, self.elements, self.string = text, depth, count, elements, string


BOUNDS = Bounds()
KEYS = (str, int, bool, float)


class _Left:
    """What is still allowed in one message."""

    def __init__(self, bounds):
        self.count, self.elements, self.bounds = bounds.count, bounds.elements, bounds

    def spend(self, depth):
        self.count -= 1
        if depth > self.bounds.depth or self.count < 0:
            raise TooLarge("a value is nested too deeply or has too many parts")


def pack(message, bounds=BOUNDS):
    """Return a JSON object as text, checked for length."""
    text = json.dumps(message, separators=(",", ":"))
    if len(text) > bounds.text:
        raise TooLarge(f"a message of {len(text)} characters is too long")
    return text


def unpack(text, bounds=BOUNDS):
    """Return the JSON object in a text. Raise ProtocolError for anything else."""
    if not isinstance(text, str) or len(text) > bounds.text:
        raise ProtocolError("expected a text of bounded length")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("expected JSON") from error
    if not isinstance(message, dict):
        raise ProtocolError("expected a JSON object")
    return message


def encode(value: Any, refer=None, bounds=BOUNDS):
    """Return the value as JSON data.

    refer(object) gives the tagged form of what is no data, and {"h": handle or None} for a container.
    Raise ProtocolError for what has no data form when there is no `refer`, and for what is too large.
    """
    return _encode(value, refer, _Left(bounds), 0)


def _encode(value: Any, refer, left, depth):
    left.spend(depth)
    kind = type(value)
    if value is None or kind is bool or kind is float:
        return value
    if issubclass(kind, str):
        if len(text := str.__str__(value)) > left.bounds.string:
            raise ProtocolError("a string is too long")
        return text
    if kind is int:
        if abs(value) < 2**53:
            return value
        if abs(value) < 2**4000:
            return {"i": str(value)}
        raise ProtocolError("an integer is too large")
    if kind is complex:
        return {"z": [value.real, value.imag]}
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return {"a": _npy(np.asarray(value), left), "s": True}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return _encode_array(value, left)
    if is_tensor(value):
        tensor: Any = value
        return {"a": _npy(tensor.detach().cpu().numpy(), left), "tensor": True}
    if isinstance(value, np.random.Generator):
        return _encode_generator(value)
    if isinstance(value, Handle):
        return {"h": value.id}
    return _encode_container(value, kind, refer, left, depth)


def _encode_container(value: Any, kind, refer, left, depth):
    handle = _handle_of(value)
    if handle is not None:
        return {"h": handle}
    if refer is not None and depth >= left.bounds.depth - 1:
        return refer(value)
    if (tagged := _items_of(value, kind)) is not None:
        tag, items = tagged
        out = {tag: [_encode(item, refer, left, depth + 1) for item in items]}
        handle = refer(value)["h"] if refer is not None else None
        return out if handle is None else {**out, "h": handle}
    if issubclass(kind, dict) and all(type(key) in KEYS or issubclass(type(key), str) for key in dict.keys(value)):
        pairs = [(str.__str__(key) if isinstance(key, str) else key, item) for key, item in dict.items(value)]
        out = {"d": [[key, _encode(item, refer, left, depth + 1)] for key, item in pairs]}
        handle = refer(value)["h"] if refer is not None and not is_data(value) else None
        return out if handle is None else {**out, "h": handle}
    if refer is None:
        raise ProtocolError(f"{kind.__name__} has no form as data")
    return refer(value)


def _items_of(value, kind):
    """Return the tag and the items of a sequence, or None. No method of a student's class runs."""
    if issubclass(kind, tuple):
        return "t", tuple.__iter__(value)
    if issubclass(kind, list):
        return "l", list.__iter__(value)
    return ("l", iter(value)) if kind in (array, deque, range) else None


def _handle_of(value):
    return value.handle if isinstance(value, RemoteTuple | RemoteList | RemoteDict) else None


def _encode_array(value, left):
    value = np.asarray(value)
    out: dict[str, Any] = {"a": _npy(value, left)}
    if not value.flags.writeable:
        out["ro"] = True
    if value.ndim and not (value.flags.c_contiguous or value.flags.f_contiguous):
        out["v"] = True
    return out


def _encode_generator(value):
    if not isinstance(value.bit_generator, np.random.PCG64):
        raise ProtocolError(f"a generator over {type(value.bit_generator).__name__} has no form as data")
    state = value.bit_generator.state["state"]
    return {"r": [str(state["state"]), str(state["inc"])]}


def _npy(array, left):
    text = array_to_text(array, left.elements)
    left.elements -= array.size
    return text


def decode(data, resolve=None, bounds=BOUNDS) -> Any:
    """Return the value in JSON data.

    resolve(tagged) gives what a handle ({"h": ...}) or a function ({"f": ...}) stands for.
    Without `resolve`, handles become Handle and functions are refused. Raise ProtocolError for anything unexpected.
    """
    return _decode(data, resolve, _Left(bounds), 0)


def _decode(data, resolve, left, depth):
    left.spend(depth)
    if isinstance(data, str):
        return _text(data, left)
    if data is None or isinstance(data, bool | int | float):
        if isinstance(data, int) and abs(data) >= 2**4000:
            raise ProtocolError("an integer is too large")
        return data
    if not isinstance(data, dict):
        raise ProtocolError("expected a tagged value")
    for tag, read in READERS.items():
        if tag in data:
            return read(data, resolve, left, depth)
    raise ProtocolError("a value has no known tag")


def _text(text, left):
    if len(text) > left.bounds.string:
        raise ProtocolError("a string is too long")
    try:
        text.encode()  # JSON can spell half of a character, which no file can hold
    except UnicodeEncodeError as error:
        raise ProtocolError("a string is no text") from error
    return text


def _decode_array(data, resolve, left, depth):
    array: Any = array_from_text(data["a"], left.elements)
    left.elements -= array.size
    if data.get("s") is True and array.ndim == 0:
        return array[()]
    if data.get("tensor") is True and "torch" in sys.modules:
        return _tensor(array)
    if data.get("v") is True and array.ndim:
        array = spread(array)
    if data.get("ro") is True:
        array.flags.writeable = False
    return array


def _tensor(array):
    try:
        return sys.modules["torch"].from_numpy(array)
    except (TypeError, ValueError) as error:  # a kind of number or an order of bytes that torch has not
        raise ProtocolError("an array cannot be a tensor") from error


def _decode_generator(data, resolve, left, depth):
    """Make a generator, in the student's process alone: nothing of theirs draws random numbers over here."""
    words = data["r"]
    if resolve is None or not isinstance(words, list) or len(words) != 2:
        raise ProtocolError("a random generator is not expected here")
    state, increment = (_decode_integer({"i": word}, resolve, left, depth) for word in words)
    bits = np.random.PCG64()
    bits.state = {"bit_generator": "PCG64", "state": {"state": state, "inc": increment}, "has_uint32": 0, "uinteger": 0}
    return np.random.Generator(bits)


def _decode_complex(data, resolve, left, depth):
    parts = data["z"]
    if not isinstance(parts, list) or len(parts) != 2 or not all(type(part) in (int, float) for part in parts):
        raise ProtocolError("expected two numbers")
    try:
        return complex(*parts)
    except OverflowError as error:
        raise ProtocolError("a number is too large") from error


def _decode_integer(data, resolve, left, depth):
    text = data["i"]
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]{1,1300}", text):
        raise ProtocolError("expected an integer")
    return int(text)


def _items(items, resolve, left, depth):
    if not isinstance(items, list):
        raise ProtocolError("expected a list of values")
    return [_decode(item, resolve, left, depth + 1) for item in items]


def _decode_sequence(data, resolve, left, depth):
    if resolve is not None and "h" in data:
        return resolve(data)
    remote, plain, tag = (RemoteTuple, tuple, "t") if "t" in data else (RemoteList, list, "l")
    items = _items(data[tag], resolve, left, depth)
    if "h" not in data:
        return plain(items)
    out = remote(items)
    out.handle = _id(data)
    return out


def _decode_dict(data, resolve, left, depth):
    if resolve is not None and "h" in data:
        return resolve(data)
    pairs = data["d"]
    if not isinstance(pairs, list):
        raise ProtocolError("expected pairs")
    out = {}
    if "h" in data:
        out = RemoteDict()
        out.handle = _id(data)
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or type(pair[0]) not in KEYS:
            raise ProtocolError("expected a pair of a key and a value")
        if isinstance(pair[0], str):
            _text(pair[0], left)
        elif isinstance(pair[0], int) and abs(pair[0]) >= 2**60:  # many of these can be made to share a hash
            raise ProtocolError("a key is too large")
        out[pair[0]] = _decode(pair[1], resolve, left, depth + 1)
    return out


def _decode_handle(data, resolve, left, depth):
    if resolve is not None:
        return resolve(data)
    kind = data.get("n", "object")
    if not isinstance(kind, str) or not re.fullmatch(r"\w{1,60}", kind):
        kind = "object"
    return Handle(_id(data), kind)


def _decode_function(data, resolve, left, depth):
    if resolve is None:
        raise ProtocolError("a function is not expected here")
    return resolve(data)


def _id(data):
    id = data["h"]
    if not isinstance(id, str) or not re.fullmatch(r"[0-9a-f]{1,40}", id):
        raise ProtocolError("expected a handle")
    return id


READERS = {
    "a": _decode_array,
    "z": _decode_complex,
    "r": _decode_generator,
    "i": _decode_integer,
    "t": _decode_sequence,
    "l": _decode_sequence,
    "d": _decode_dict,
    "h": _decode_handle,
    "f": _decode_function,
    "g": _decode_function,
}
"""Tag -> reader, in the order in which tags are looked for."""
