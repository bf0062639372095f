"""What an engine says of itself, and what all of them can be asked about arrays."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnncore.types import Array, Cell

__all__ = ["Engine", "device_of", "dtype_of", "tracked"]


@dataclass(frozen=True)
class Engine:
    """A way to drive a cell along a sequence.

    It is called ENGINE in a module of `rnncore.engines` with its name; one line in `rnncore.engines.choice.ENGINES`
    makes it known. That module is imported when the engine is first asked, so it may import what it likes.

    name: as asked for. Caches that `forward` leaves have it as their attribute `engine`.
    obstacle(cell, xs): Return why it cannot run this, or None. xs: one of the arrays; all are of its library, device
    and dtype.
    forward, backward: called as `rnncore.scan.scan` and `scan_backward`, with arguments that `check_scan` has passed.
    step: what steps a cell in place for generation, (layer, product), see `rnncore.engines.cpu.step`; None for nothing.
    plain: it consists of array operations alone, so torch can record it, and arrays may be of several dtypes.
    """

    name: str
    obstacle: Callable[[Cell, Array], str | None]
    forward: Callable
    backward: Callable
    step: tuple[Callable, Callable] | None = None
    plain: bool = False


def device_of(x: Array) -> str | None:
    """Return "cpu" for NumPy, for torch the kind of device, "cpu" or "cuda" say, None for any other library.

    x: an array.
    """
    if isinstance(x, np.ndarray):
        return "cpu"
    torch = sys.modules.get("torch")
    return x.device.type if torch is not None and isinstance(x, torch.Tensor) else None


def dtype_of(x: Array) -> str:
    """Return the name of the dtype, the same for every library.

    x: an array.
    """
    return str(x.dtype).removeprefix("torch.")


def tracked(arrays: tuple[Array, ...]) -> bool:
    """Return whether torch would record what is done with these arrays."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(arrays[0], torch.Tensor) or not torch.is_grad_enabled():
        return False
    return any(x.requires_grad for x in arrays)
