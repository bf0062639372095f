"""Make inputs for the fuzzer: the seeds, and others like them, knowing how JSON, .npy and zip files are built."""

from __future__ import annotations

import base64
import contextlib
import copy
import io
import json
import random
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

SEEDS = Path(__file__).resolve().parent.parent / "tests" / "autograder" / "fuzz" / "seeds"

WORDS: list[Any] = [
    *(None, True, False, 0, 1, -1, 4, 5, 2**31, 2**53, 2**63, 10**400, 1e308, float("nan"), float("inf"), 0.5),
    *("", "a", "\ud800", "\udfff\x00", "\x1b[31m", "é" * 9, "0" * 2000, "9" * 1300, [], {}, [[]], [None], {"a": 1}),
    *("code", "markdown", "raw", "rnn_step", "rnn_step-check", "given-imports", "stream", "error", "display_data"),
    *("stdout", "stderr", "image/png", "text/plain", "text/html", "iVBORw0KGgo="),
    *({"h": "1f"}, {"h": None}, {"f": 0}, {"i": "-0"}, {"z": [1, 2]}, {"t": []}, {"l": [1]}, {"d": [["k", 1]]}),
    *({"callback": 0, "args": [1], "k": 1}, {"nbgrader": {"grade_id": "rnn_step"}}),
]
KEYS = [
    *("a", "s", "ro", "v", "tensor", "r", "z", "i", "t", "l", "d", "h", "n", "f", "g", "value", "changed", "error"),
    *("callback", "args", "k", "names", "out", "content", "name", "text", "data", "traceback", "ename", "evalue"),
    *("cells", "cell_type", "source", "metadata", "nbgrader", "grade_id", "solution", "grade", "outputs", "id"),
    *("nbformat", "nbformat_minor", "worksheets", "input", "attachments", "level", ""),
]
SHAPES = [
    "()",
    "(0,)",
    "(1,)",
    "(2, 3)",
    "(0, 3)",
    "(1, 1)",
    "(0, 549755813888, 1048576)",
    "(0, 1099511627775)",
    "(-1,)",
    "(True,)",
    "(2.0,)",
    "(1,) * 20",
    "(1, " * 9,
    "(" * 300 + ")" * 300,
]
DTYPES = ["<f8", ">f8", "<f4", "|b1", "<i8", ">i2", "|u1", "<c16", "<f16", "<c32", "|O", "<V8", "<U4", "<f2", "|i99"]


def mutate(target: str, data: bytes, rng: random.Random) -> bytes:
    """Return an input like this one, changed in one to four places."""
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
    """Change one JSON text of a file as a tree."""
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
    """Return (container, key) of every value in a tree."""
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
    """Return a .npy file whose header may lie."""
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
    "doejane_1_2_a.ipynb",
    "doejane_LATE_1_2_a-3.ipynb",
    "Zo\u00eb O'Neil_31_assignsubmission_file_/w.ipynb",
    "/",
    "..",
    "../a_1_2_b.ipynb",
    "/a_1_2_b.ipynb",
    "C:a_1_2_b.ipynb",
    "a\\..\\b_1_2_c.ipynb",
    "",
    "\0",
    "a_1_2_.ipynb",
    "x" * 300 + "_1_2_a.ipynb",
    "a_" + "7" * 300 + "_2_a.ipynb",
    "a_\u0663_2_a.ipynb",
    "a\nb_1_2_c.ipynb",
    "a_1_2_b-\u0663.ipynb",
    "._1_2_a.ipynb",
    "../x_5_assignsubmission_file_/a.ipynb",
    "a_1_assignsubmission_file_/../../b.ipynb",
]


def _mutate_zip(data: bytes, rng: random.Random) -> bytes:
    """Add another entry, or a lie in one field of one header."""
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


def seeds(target: str) -> list[Path]:
    """Return the files that are always tried: valid inputs, and all that ever found something."""
    return sorted((SEEDS / target).iterdir())


def wander(target: str, seed: int, known: list[bytes]) -> Iterator[bytes]:
    """Yield inputs without end, each a few mutations away from a known one; the same ones for the same seed."""
    rng = random.Random(seed)
    while True:
        data = rng.choice(known)
        for _ in range(rng.randint(1, 4)):
            data = mutate(target, data, rng)
        yield data
