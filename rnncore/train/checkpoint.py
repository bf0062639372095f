"""A training run on disk: one file, replaced in one move. A kill at any moment leaves the old one or the new one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.types import Refused

__all__ = ["load_checkpoint", "save_checkpoint"]


def save_checkpoint(path: Path, groups: dict[str, dict[str, Any]], meta: dict[str, Any]) -> None:
    """Write named groups of arrays and a JSON-ready dict. No pickle.

    path: of the file; folders are made. groups: dicts of arrays by name. meta: the JSON-ready dict.
    """
    flat: dict[str, Any] = {
        f"{group}/{name}": ops.to_numpy(array) for group, arrays in groups.items() for name, array in arrays.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with open(partial, "wb") as file:
        np.savez(file, meta=np.array(json.dumps({"groups": list(groups), **meta})), **flat)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def load_checkpoint(path: Path) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, Any]]:
    """Read what `save_checkpoint` wrote. Raises FileNotFoundError, or Refused for a file that is no checkpoint.

    path: of the file. Returns the groups, and the rest of the dict.
    """
    with open(path, "rb") as file:
        try:
            saved = dict(np.load(file, allow_pickle=False))
            meta = json.loads(str(saved.pop("meta")))
        except Exception as error:
            raise Refused(f"{path}: expected a checkpoint written by this package, got {error}") from error
    groups: dict[str, dict[str, np.ndarray]] = {group: {} for group in meta.pop("groups")}
    for key, array in saved.items():
        group, name = key.split("/", 1)
        groups[group][name] = array
    return groups, meta
