"""What must hold for any bytes at all: four readers of what students and their processes wrote.

A target is a function `bytes -> None` that raises AssertionError, or lets an undocumented exception through, when a
promise is broken. `mutate` makes an input like the given one, knowing how JSON, .npy and zip files are built.
`tools/fuzz.py` runs them for hours, `tests/autograder/test_fuzz.py` for seconds.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import functools
import io
import json
import random
import re
import resource
import signal
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import v4

from autograder.build import source_notebook
from autograder.checks.solutions import SOLUTIONS
from autograder.collect import collect
from autograder.course import Course
from autograder.judge.npy import array_from_text
from autograder.judge.outputs import KINDS, Keeper
from autograder.judge.protocol import Handle, ProtocolError, decode, encode, is_data, pack, unpack
from autograder.judge.reassemble import grade_id, is_solution, is_test, read_notebook, reassemble
from autograder.judge.remote import RemoteFunction, names_in

SEEDS = Path(__file__).resolve().parent.parent / "tests" / "autograder" / "fuzz" / "seeds"
SECONDS, MEBIBYTES = 2, 256
"""Processor time of one input, and how far above its start the process may ever grow."""


# -- the data protocol ------------------------------------------------------------------------------------------


class _Gone(RuntimeError):
    """The pretended kernel has nothing more to say."""


class _Kernel:
    """Answers from a list; packs what it is asked, as the real one does."""

    def __init__(self, answers: list[dict]):
        self._answers = iter(answers)

    def ask(self, message: dict, seconds: float | None = None) -> dict:
        pack(message)
        answer = next(self._answers, None)
        if answer is None:
            raise _Gone
        return copy.copy(answer)


def protocol(data: bytes) -> None:
    """Each line is a message. Only ProtocolError may come out of the readers, and a Reply out of a call."""
    messages = []
    for line in data.split(b"\n")[:6]:
        with contextlib.suppress(UnicodeDecodeError, ProtocolError):
            messages.append(unpack(line.decode()))
    for message in messages:
        for part in message.values():
            _round_trip(part)
            with contextlib.suppress(ProtocolError):
                array_from_text(part, 1000)
    with contextlib.suppress(_Gone):
        _call(_Kernel(messages))
    with contextlib.suppress(_Gone):
        told = names_in(_Kernel(messages), ["f", "rnn_step"])  # type: ignore[arg-type]
        assert set(told) <= {"f", "rnn_step"}


def _call(kernel: Any) -> None:
    args = (np.ones(2), 3, lambda *parts: parts[0], {"w": np.ones(1)})
    reply = RemoteFunction(kernel, "f").call_remote(args)
    _sound(reply.value)
    assert all(type(k) is int and 0 <= k < len(args) for k in reply.changed)
    assert reply.error is None or (isinstance(reply.error, str) and len(reply.error) <= 3100)
    _sound(reply.error)


def _round_trip(part: Any) -> None:
    """What was decoded is sound, and says the same after another round."""
    try:
        value = decode(part)
    except ProtocolError:
        return
    _sound(value)
    is_data(value)
    try:
        text = pack({"value": encode(value)})
    except ProtocolError:
        return
    assert pack({"value": encode(decode(unpack(text)["value"]))}) == text


def _sound(value: Any) -> None:
    """Data through and through, and every text in it can be written to a file."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, list | tuple):
        for item in value:
            _sound(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _sound(key)
            _sound(item)
    elif isinstance(value, Handle):
        _sound([value.id, value.kind])
    elif isinstance(value, np.ndarray | np.generic):
        assert value.dtype.kind in "biufc" and value.nbytes <= 32 * 500_000
    else:
        assert value is None or type(value) in (bool, int, float, complex) or type(value).__name__ == "Tensor"


# -- the notebook reader ----------------------------------------------------------------------------------------


@functools.cache
def _source() -> Any:
    return source_notebook(SOLUTIONS / "ch01_rnn.py")


def notebook(data: bytes) -> None:
    """ValueError, or a notebook that goes together with the instructor's: valid, and its locked cells untouched."""
    try:
        submission = read_notebook(data)
    except ValueError:
        return
    source = _source()
    whole, remarks = reassemble(submission, source)
    nbformat.validate(whole)
    (nbformat.writes(whole) + "".join(remarks)).encode()
    locked = [_bytes(cell) for cell in source.cells if grade_id(cell) is not None and not is_solution(cell)]
    assert [_bytes(cell) for cell in whole.cells if grade_id(cell) is not None and not is_solution(cell)] == locked
    tests = [_bytes(cell) for cell in source.cells if is_test(cell)]
    assert [_bytes(cell) for cell in whole.cells if is_test(cell)] == tests
    order = [grade_id(cell) for cell in source.cells if grade_id(cell) is not None]
    assert [grade_id(cell) for cell in whole.cells if grade_id(cell) is not None] == order
    assert len({cell["id"] for cell in whole.cells}) == len(whole.cells)


def _bytes(cell: Any) -> str:
    return json.dumps({**cell, "outputs": [], "execution_count": None}, sort_keys=True)


# -- the archive reader -----------------------------------------------------------------------------------------


def archive(data: bytes) -> None:
    """ValueError, or each file taken, passed over or refused with a reason; nothing is written beside submitted/."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        root = Path(folder)
        source = root / "course" / "source" / "ch01_rnn" / "ch01_rnn.ipynb"
        source.parent.mkdir(parents=True)
        source.touch()
        zipped = root / "handed_in.zip"
        zipped.write_bytes(data)
        course, before = Course(root / "course"), set(root.rglob("*"))
        try:
            got = collect(course, zipped, "ch01_rnn")
        except ValueError as error:
            assert str(error).startswith("archive: ")
            return
        for path in set(root.rglob("*")) - before:
            inside = path.relative_to(course.root.resolve() / "submitted").parts
            assert not path.is_symlink()
            assert not inside or re.fullmatch(r"[a-z0-9]{1,60}-[0-9]{1,30}", inside[0])
            assert inside[1:] in [(), ("ch01_rnn",), ("ch01_rnn", "ch01_rnn.ipynb"), ("ch01_rnn", "timestamp.txt")]
        assert zipped.read_bytes() == data and source.read_bytes() == b""
        for student in got.taken:
            assert course.notebook("submitted", "ch01_rnn", student).is_file()
        _sound(got.refused)
        assert all(reason for _, reason in got.refused)
        with zipfile.ZipFile(zipped) as opened:
            files = sum(not info.filename.endswith("/") for info in opened.infolist())
        assert len(got.taken) + len(got.older) + len(got.refused) == files


# -- the keeper of outputs --------------------------------------------------------------------------------------

ROOM = 3000


def outputs(data: bytes) -> None:
    """Each line is a message. Whatever `add` raises, what it keeps is valid, harmless, and fits in its room."""
    keeper = Keeper(ROOM)
    for line in data.split(b"\n")[:50]:
        try:
            message = unpack(line.decode())
        except (UnicodeDecodeError, ProtocolError):
            continue
        if not isinstance(message.get("out"), str):
            continue
        before = copy.deepcopy(keeper.outputs)
        try:
            for _ in range(20):
                keeper.add(message["out"], message.get("content"))  # type: ignore[arg-type]
        except Exception:  # as documented; the kernel goes on with the next message
            assert keeper.outputs == before
    cell = v4.new_code_cell("", id="a", outputs=keeper.outputs)
    whole = v4.new_notebook(cells=[cell])
    nbformat.validate(whole)
    nbformat.writes(whole).encode()
    kept = 0
    for out in keeper.outputs:
        assert out.output_type in ("stream", "display_data", "error")
        assert set(out.get("data", ())) <= set(KINDS)
        kept += len(out.get("text", "")) + sum(map(len, out.get("data", {}).values()))
        kept += sum(map(len, [*out.get("traceback", ()), out.get("ename", ""), out.get("evalue", "")]))
        kept += 50  # an empty output is not for nothing either
    assert kept <= ROOM


TARGETS: dict[str, Callable[[bytes], None]] = {
    "protocol": protocol,
    "notebook": notebook,
    "archive": archive,
    "outputs": outputs,
}


# -- bounds of one input ----------------------------------------------------------------------------------------


class TooMuch(BaseException):
    """An input took too much time or memory. No `except Exception` of the code under test hides it."""


@contextlib.contextmanager
def bounded(seconds: float = SECONDS, mebibytes: int | None = None) -> Iterator[None]:
    """A stretch of so much processor time; mebibytes: the most that this process may ever have used at its end."""

    def late(*_: Any) -> None:
        raise TooMuch(f"more than {seconds} seconds")

    old = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old)
    if mebibytes is not None and used() > mebibytes:
        raise TooMuch(f"{used()} MiB in use")


def used() -> int:
    """The most memory that this process ever used, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


# -- inputs like a given one ------------------------------------------------------------------------------------

WORDS: list[Any] = [
    None, True, False, 0, 1, -1, 4, 5, 2**31, 2**53, 2**63, 10**400, 1e308, float("nan"), float("inf"), 0.5, "", "a",
    "\ud800", "\udfff\x00", "\x1b[31m", "é" * 9, "0" * 2000, "9" * 1300, [], {}, [[]], [None], {"a": 1}, "code",
    "markdown", "raw", "rnn_step", "rnn_step-check", "given-imports", "stream", "error", "display_data", "stdout",
    "stderr", "image/png", "text/plain", "text/html", "iVBORw0KGgo=", {"h": "1f"}, {"h": None}, {"f": 0}, {"i": "-0"},
    {"z": [1, 2]}, {"t": []}, {"l": [1]}, {"d": [["k", 1]]}, {"callback": 0, "args": [1], "k": 1},
    {"nbgrader": {"grade_id": "rnn_step"}},
]  # fmt: skip
KEYS = [
    "a", "s", "ro", "v", "tensor", "r", "z", "i", "t", "l", "d", "h", "n", "f", "g", "value", "changed", "error",
    "callback", "args", "k", "names", "out", "content", "name", "text", "data", "traceback", "ename", "evalue", "cells",
    "cell_type", "source", "metadata", "nbgrader", "grade_id", "solution", "grade", "outputs", "id", "nbformat",
    "nbformat_minor", "worksheets", "input", "attachments", "level", "",
]  # fmt: skip
SHAPES = ["()", "(0,)", "(1,)", "(2, 3)", "(0, 3)", "(1, 1)", "(0, 549755813888, 1048576)", "(0, 1099511627775)",
          "(-1,)", "(True,)", "(2.0,)", "(1,) * 20", "(1, " * 9, "(" * 300 + ")" * 300]  # fmt: skip
DTYPES = ["<f8", ">f8", "<f4", "|b1", "<i8", ">i2", "|u1", "<c16", "<f16", "<c32", "|O", "<V8", "<U4", "<f2", "|i99"]


def mutate(target: str, data: bytes, rng: random.Random) -> bytes:
    """An input like this one, changed in one to four places."""
    for _ in range(rng.choice([1, 1, 2, 4])):
        if rng.random() < 0.2:
            data = _mutate_bytes(data, rng)
        elif target == "archive":
            data = _mutate_zip(data, rng)
        else:
            data = _mutate_lines(data, rng, one=target == "notebook")
    return data[:65536]


def _mutate_bytes(data: bytes, rng: random.Random) -> bytes:
    raw = bytearray(data or b"{}")
    start = rng.randrange(len(raw))
    end = min(len(raw), start + rng.choice([1, 1, 2, 4, 16, 200]))
    words = [b"", b"\xff", b"\\ud800", b"[" * 1200, b"\n", b"NaN"]
    raw[start:end] = rng.choice([*words, raw[start:end] * 2, rng.randbytes(end - start)])
    return bytes(raw)


def _mutate_lines(data: bytes, rng: random.Random, one: bool) -> bytes:
    """One JSON text of a file, changed as a tree."""
    lines = [data] if one else data.split(b"\n")
    k = rng.randrange(len(lines))
    if not one and rng.random() < 0.1:
        lines.insert(k, lines[rng.randrange(len(lines))])
    try:
        tree = [json.loads(lines[k])]
        places = list(_places(tree))
        holder, key = rng.choice(places)
        _change(holder, key, places, rng)
        lines[k] = json.dumps(tree[0]).encode()
    except (ValueError, RecursionError, IndexError, KeyError):
        return _mutate_bytes(data, rng)
    return b"\n".join(lines)


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of every value in a tree."""
    stack = [holder]
    while stack:
        part = stack.pop()
        for key in list(part) if isinstance(part, dict) else range(len(part)):
            yield part, key
            if isinstance(part[key], dict | list):
                stack.append(part[key])


def _change(holder: Any, key: Any, places: list, rng: random.Random) -> None:
    value, kind = holder[key], rng.randrange(7)
    if isinstance(value, str) and rng.random() < 0.6:
        holder[key] = _change_text(value, rng)
    elif kind == 0:
        holder[key] = copy.deepcopy(rng.choice(WORDS))
    elif kind == 1:
        other, name = rng.choice(places)
        holder[key] = copy.deepcopy(other[name])
    elif kind == 2:
        del holder[key]
    elif kind == 3 and isinstance(value, list):
        value.insert(rng.randint(0, len(value)), copy.deepcopy(rng.choice([*value, *WORDS])))
    elif kind == 4 and isinstance(value, list):
        value *= rng.choice([2, 5, 30])
    elif kind == 5:
        for _ in range(rng.choice([1, 3, 25, 400])):
            value = rng.choice([[value], {rng.choice("tld"): [value]}])
        holder[key] = value
    elif isinstance(holder, dict):
        holder[rng.choice(KEYS)] = holder.pop(key) if rng.random() < 0.3 else copy.deepcopy(rng.choice(WORDS))


def _change_text(text: str, rng: random.Random) -> Any:
    if text.startswith("k05VTVBZ") and rng.random() < 0.8:  # a .npy file
        return _npy(rng)
    k = rng.randint(0, len(text))
    left, right, word = text[:k], text[k:], rng.choice(WORDS)
    return rng.choice(
        [left, text * 3, left + "\ud800" + right, text[::-1], [left, right], f"{left}{word}{right}", word]
    )


def _npy(rng: random.Random) -> str:
    """A .npy file whose header may lie."""
    descr, shape = rng.choice(DTYPES), rng.choice(SHAPES)
    head = f"{{'descr': {descr!r}, 'fortran_order': {rng.choice(['True', 'False', '1'])}, 'shape': {shape}, }}".encode()
    size = 0
    with contextlib.suppress(Exception):
        size = int(np.prod(json.loads(re.sub(r",?\)", "]", shape.replace("(", "["))))) * np.dtype(descr).itemsize
    body = rng.randbytes(min(size, 4096)) + rng.randbytes(rng.choice([0, 0, 0, 1]))
    return base64.b64encode(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + body).decode()


FIELDS = {  # offset and size of what a local and a central header say
    b"PK\x03\x04": [(4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)],
    b"PK\x01\x02": [(4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2),
                    (32, 2), (34, 2), (36, 2), (38, 4), (42, 4)],
    b"PK\x05\x06": [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
}  # fmt: skip
NUMBERS = [0, 1, 2, 8, 12, 14, 20, 63, 93, 99, 0x800, 0x801, 0x40, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF, 0xA1FF0000]
NAMES = [
    "doejane_1_2_a.ipynb", "doejane_LATE_1_2_a-3.ipynb", "Zo\u00eb O'Neil_31_assignsubmission_file_/w.ipynb", "/", "..",
    "../a_1_2_b.ipynb", "/a_1_2_b.ipynb", "C:a_1_2_b.ipynb", "a\\..\\b_1_2_c.ipynb", "", "\0", "a_1_2_.ipynb",
    "x" * 300 + "_1_2_a.ipynb", "a_" + "7" * 300 + "_2_a.ipynb", "a_\u0663_2_a.ipynb", "a\nb_1_2_c.ipynb",
    "a_1_2_b-\u0663.ipynb", "._1_2_a.ipynb", "../x_5_assignsubmission_file_/a.ipynb",
    "a_1_assignsubmission_file_/../../b.ipynb",
]  # fmt: skip


def _mutate_zip(data: bytes, rng: random.Random) -> bytes:
    """Another entry, or a lie in one field of one header."""
    if rng.random() < 0.3:
        with contextlib.suppress(Exception):
            return _with_entry(data, rng)
    raw = bytearray(data)
    magic = rng.choice(list(FIELDS))
    starts = [found.start() for found in re.finditer(re.escape(magic), data)]
    if not starts:
        return _mutate_bytes(data, rng)
    start, (offset, size) = rng.choice(starts), rng.choice(FIELDS[magic])
    old = int.from_bytes(raw[start + offset : start + offset + size], "little")
    new = rng.choice([*NUMBERS, old + 1, old - 1, old ^ (1 << rng.randrange(8 * size))]) % (1 << (8 * size))
    raw[start + offset : start + offset + size] = new.to_bytes(size, "little")
    return bytes(raw)


def _with_entry(data: bytes, rng: random.Random) -> bytes:
    file = io.BytesIO(data)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "a") as opened:
        info = zipfile.ZipInfo(rng.choice(NAMES), (2026, rng.randint(1, 12), 1, 12, 0, 0))
        info.filename = rng.choice([info.filename, *NAMES])
        info.external_attr = rng.choice([0, 0, 0, 0o100644, 0o120777, 0o020644, 0o040755]) << 16
        info.compress_type = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
        content = rng.choice([b"", b"{}", bytes(100_000), rng.randbytes(50)])
        if info.compress_type == zipfile.ZIP_BZIP2 and rng.random() < 0.3:
            content = bytes(1 << 20)
        opened.writestr(info, content)
    return file.getvalue()


# -- many of them -----------------------------------------------------------------------------------------------


def seeds(target: str) -> list[Path]:
    """The files that are always tried: valid inputs, and all that ever found something."""
    return sorted((SEEDS / target).iterdir())


def wander(target: str, seed: int, known: list[bytes]) -> Iterator[bytes]:
    """Inputs without end, each a few mutations away from a known one; the same ones for the same seed."""
    rng = random.Random(seed)
    while True:
        data = rng.choice(known)
        for _ in range(rng.randint(1, 4)):
            data = mutate(target, data, rng)
        yield data
