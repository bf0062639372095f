"""Say what must hold for any bytes at all, of four readers of what students and their processes wrote.

A target is a function `bytes -> None` that raises AssertionError, or lets an undocumented exception through, when a
promise is broken. `tools/fuzz.py` runs them for hours, `tests/autograder/test_fuzz.py` for seconds.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import json
import re
import resource
import signal
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import v4

from autograder.build import source_notebook
from autograder.checks.solutions import SOLUTIONS
from autograder.checks.words import raised
from autograder.course import Course
from autograder.inside.npy import array_from_text
from autograder.inside.protocol import Handle, ProtocolError, decode, encode, pack, unpack
from autograder.inside.values import is_data
from autograder.judge.outputs import KINDS, Keeper
from autograder.judge.reassemble import reassemble
from autograder.judge.remote import RemoteFunction
from autograder.lms.collect import collect
from autograder.notebook import grade_id, is_solution, is_test, read_notebook

SECONDS, MEBIBYTES = 2, 256
"""Processor time of one input, and how far above its start the process may ever grow."""


# -- the data protocol ------------------------------------------------------------------------------------------


class _Gone(RuntimeError):
    """Say that the pretended kernel has no more answers."""


class _Kernel:
    """Answer from a list, and pack what is asked, as the real kernel does."""

    def __init__(self, answers: list[dict]):
        self._answers = iter(answers)

    def ask(self, message: dict, seconds: float | None = None) -> dict:
        pack(message)
        answer = next(self._answers, None)
        if answer is None:
            raise _Gone
        return copy.copy(answer)


def protocol(data: bytes) -> None:
    """Read each line as a message. Only ProtocolError may come out of the readers, and a Reply out of a call."""
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


def _call(kernel: Any) -> None:
    args = (np.ones(2), 3, lambda *parts: parts[0], {"w": np.ones(1)})
    reply = RemoteFunction(kernel, "f").call_remote(args)
    _sound(reply.value)
    assert all(type(k) is int and 0 <= k < len(args) for k in reply.changed)
    if reply.error is not None:
        assert len(raised(reply.error)) <= 4100
        _sound(list(dataclasses.astuple(reply.error)))


def _round_trip(part: Any) -> None:
    """Check that what was decoded is sound, and says the same after another round."""
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
    """Check that a value is data through and through, and that every text in it can be written to a file."""
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
    """Expect ValueError, or a notebook that fits the instructor's: valid, and its locked cells untouched."""
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
    """Expect ValueError, or each file taken, passed over or refused with a reason; nothing beside submitted/."""
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
            assert not inside or re.fullmatch(r"[a-z0-9]{1,60}-[a-z0-9]{1,30}", inside[0])
            assert inside[1:] in [(), ("ch01_rnn",), ("ch01_rnn", "ch01_rnn.ipynb"), ("ch01_rnn", "handed_in.json")]
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
    """Add each line as a message. Whatever `add` raises, what it keeps is valid, harmless, and fits in its room."""
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
    """Say that an input took too much time or memory. No `except Exception` of the code under test hides it."""


@contextlib.contextmanager
def bounded(seconds: float = SECONDS, mebibytes: int | None = None) -> Iterator[None]:
    """Bound a stretch by processor time; mebibytes: the most that this process may ever have used at its end."""

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
    """Return the most memory that this process ever used, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
