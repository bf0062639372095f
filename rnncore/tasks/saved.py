"""A finished model as one file: the task, the model's sizes, its vocabularies and its parameters. No pickle."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, NamedTuple

import rnncore
from rnncore import models
from rnncore.cells import CELLS
from rnncore.data import Vocabulary
from rnncore.train import world
from rnncore.train.checkpoint import load_checkpoint, save_checkpoint
from rnncore.types import Cell, Refused

__all__ = ["Saved", "load_model", "save_model"]


class Saved(NamedTuple):
    """A finished model: its task, the model, its parameters, and what else the task kept."""

    task: str
    model: Any
    params: dict[str, Any]
    kept: dict[str, Any]


def save_model(path: Path, task: str, model: Any, params: dict[str, Any], **kept: Any) -> None:
    """Write a model of `rnncore.models` to a file.

    path: of the file. task: its name. params: the model's. kept: what else is needed to use it, JSON-ready values and
    vocabularies, by name. Under torchrun, the first process writes it and the others nothing.
    """
    if world().rank > 0:
        return
    meta = {"model": _told(model), "task": task, "rnncore": rnncore.__version__}
    meta["kept"] = {name: _told(value) if isinstance(value, Vocabulary) else value for name, value in kept.items()}
    save_checkpoint(Path(path), {"params": params}, meta)
    print(f"model: {path}")


def load_model(path: Path, *tasks: str) -> Saved:
    """Return what `save_model` wrote.

    path: of the file. tasks: which of them will do; any, if none are named. Raises Refused for what is no such file,
    and for the model of another task.
    """
    try:
        groups, meta = load_checkpoint(Path(path))
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}; expected a file that --save wrote") from None
    if "model" not in meta or "task" not in meta:
        raise Refused(f"{path}: got no finished model, expected a file that --save wrote")
    if tasks and meta["task"] not in tasks:
        raise Refused(f"{path}: got a model of {meta['task']}, expected one of {', '.join(tasks)}")
    kept = {name: _made(value) if isinstance(value, dict) else value for name, value in meta["kept"].items()}
    return Saved(meta["task"], _made(meta["model"]), groups["params"], kept)


def _told(record: Any) -> dict[str, Any]:
    """Return a record as JSON can hold it: its kind and its fields, a cell by its name in `CELLS`."""
    fields: dict[str, Any] = {"kind": type(record).__name__}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Cell):
            value = next(name for name, cell in CELLS.items() if cell is value)
        fields[field.name] = _told(value) if dataclasses.is_dataclass(value) else value
    return fields


def _made(told: dict[str, Any]) -> Any:
    """Return the record again."""
    fields = {name: _made(value) if isinstance(value, dict) else value for name, value in told.items()}
    kind = fields.pop("kind")
    if kind == "Vocabulary":
        return Vocabulary(tuple(fields["symbols"]))
    if "cell" in fields:
        fields["cell"] = CELLS[fields["cell"]]
    return getattr(models, kind)(**fields)
