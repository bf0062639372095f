"""What decides the numbers of a training run, in words: a checkpoint keeps it, and a resume must agree with it."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

import rnncore
from rnncore import ops
from rnncore.types import Refused

__all__ = ["check_identity", "digest", "identity", "of_run"]

SAYS_NOTHING = {"steps", "run_dir", "progress"}
"""Arguments of a training function that decide where it ends, where it is kept and what is shown, and no number."""
CONSEQUENCES = ("generator", "parameters")
"""What differs because something else does: told only where nothing else is."""
SHORT = 60


def identity(task: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a training function was asked for, JSON-ready: numbers and short words as they are, data by hash.

    task: its name. arguments: those of the function, by name, as `locals()` in its first line. Those that may differ
    in a resume, `SAYS_NOTHING`, are left out.

    >>> identity("copy", {"seed": 0, "steps": 9, "cell": "gru"})
    {'task': 'copy', 'seed': 0, 'cell': 'gru'}
    """
    return {"task": task, **{name: _word(value) for name, value in arguments.items() if name not in SAYS_NOTHING}}


def of_run(optimiser: Any, params: Mapping[str, Any], rng: np.random.Generator, **choices: Any) -> dict[str, Any]:
    """Return what `fit` can see by itself: optimiser and schedule, sizes, the generator's state, versions, `choices`.

    params: the first parameters; their shapes, dtypes and library are told, not their values, which two machines can
    round differently. rng: as it is before the first step, so that its state tells the seed.
    """
    words: dict[str, Any] = {"optimiser": type(optimiser).__name__}
    for name, value in _fields(optimiser):
        parts = list(_fields(value))
        inside = [*parts, ("", type(value).__name__.strip("_").lower())] if parts else [("", value)]
        for key, one in inside:
            if key != "steps" and not (key == "warmup" and one == getattr(value, "steps", None)):
                words[" ".join(filter(None, (name, key)))] = _word(one)
    like = next(iter(params.values()))
    library = type(like).__module__.split(".")[0]
    shapes = {name: (tuple(p.shape), str(p.dtype)) for name, p in params.items()}
    words |= {name: _word(value) for name, value in choices.items()}
    words |= {"library": library, "rnncore": rnncore.__version__, "numpy": np.__version__}
    if library == "torch":
        words["torch"] = str(sys.modules["torch"].__version__)
    return words | {"parameters": digest(shapes), "generator": digest(rng.bit_generator.state)}


def check_identity(run_dir: Any, kept: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> None:
    """Check that a run may be resumed: what decides its numbers is the same.

    run_dir: where it is kept. kept: its identity, None if it has none. asked: that of the run which is to go on.
    Raises Refused, saying in words what differs.
    """
    if kept is None:
        raise Refused(f"run_dir: {run_dir} holds a run that does not say what it is; begin in another folder")
    differs = [name for name in asked if name in kept and kept[name] != asked[name]]
    told = [name for name in differs if name not in CONSEQUENCES] or differs
    if told:
        words = "; ".join(f"{name} was {kept[name]!r} and is {asked[name]!r}" for name in told)
        raise Refused(f"run_dir: {run_dir} holds another run: {words}. Only --steps may grow; or use another folder")


def digest(value: Any) -> str:
    """Return the SHA-256 of nested data, as hexadecimal digits: text, numbers, arrays, dicts, records, objects.

    value: nested data.
    """
    found = hashlib.sha256()
    for piece in _pieces(value):
        found.update(piece)
    return found.hexdigest()


def _word(value: Any) -> Any:
    """Return a value as JSON can hold it: itself if it is short, else what it is, and the begin of its hash."""
    if value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= SHORT):
        return value
    if isinstance(value, np.integer | np.floating):
        return value.item()
    return f"{getattr(value, 'name', type(value).__name__)} {digest(value)[:16]}"


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))


def _pieces(value: Any) -> Iterator[bytes]:
    """Return the bytes that tell a value from any other, part by part."""
    if isinstance(value, str | bytes):
        raw = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        yield f"{type(value).__name__} {len(raw)} ".encode()
        yield raw
    elif value is None or isinstance(value, bool | int | float | complex):
        yield f"{value!r} ".encode()
    elif isinstance(value, Mapping):
        yield f"map {len(value)} ".encode()
        for key, one in value.items():
            yield from _pieces(key)
            yield from _pieces(one)
    elif isinstance(value, list | tuple | set | frozenset):
        members = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        yield f"{'set' if members is not value else 'list'} {len(value)} ".encode()
        for one in members:
            yield from _pieces(one)
    elif hasattr(value, "shape") and hasattr(value, "dtype"):
        array = np.ascontiguousarray(ops.to_numpy(value))
        yield f"{array.dtype} {array.shape} ".encode()
        yield array.tobytes()
    elif callable(value) and hasattr(value, "__qualname__"):
        yield f"{value.__module__}.{value.__qualname__} ".encode()
    else:
        yield f"{type(value).__qualname__} ".encode()
        yield from _pieces(dict(_fields(value)) or dict(vars(value)) or repr(value))
