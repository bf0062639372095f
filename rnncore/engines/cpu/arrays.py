"""Arrays as the kernels want them: row by row, aligned, writable, and matrices laid out in panels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.engines.cpu.compiled import products
from rnncore.types import Array

__all__ = ["aligned", "as_like", "as_numpy", "as_plain", "lay_out", "new_tile", "width_of"]


def lay_out(M: np.ndarray, width: int) -> np.ndarray:
    """Lay a matrix out in panels for the products.

    M: a matrix. width: columns of a panel.
    """
    k, n = M.shape
    panels = aligned((-(-n // width) * width * k,), M.dtype)
    products().lay_out(M, width, panels)
    return panels


def width_of(dtype: np.dtype) -> int:
    """Return how many columns a panel of such numbers has.

    dtype: its name, or NumPy's.
    """
    from rnncore.engines.cpu.matrix import panel_width

    return panel_width(dtype.itemsize)


def new_tile(dtype: np.dtype) -> np.ndarray:
    """Make space for what of a tile lies beyond the edge of a matrix.

    dtype: its name, or NumPy's.
    """
    from rnncore.engines.cpu.tile import HEIGHT

    return np.empty(HEIGHT * width_of(dtype), dtype)


def aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """Make an array that begins where a line of the cache does: a vector that lies across two costs twice.

    shape: of the array. dtype: its name, or NumPy's.
    """
    size = math.prod(shape) * dtype.itemsize
    space = np.empty(size + 64, np.uint8)
    start = -space.ctypes.data % 64
    return space[start : start + size].view(dtype).reshape(shape)


def as_numpy(x: Array) -> np.ndarray:
    """Return x itself, or a view of a tensor on the CPU."""
    return x if isinstance(x, np.ndarray) else ops.to_numpy(x)


def as_plain(x: Array) -> np.ndarray:
    """Return x as the kernels are compiled for: row by row, aligned, writable; copied only where it is not."""
    return np.require(as_numpy(x), None, ["C", "A", "W"])


def as_like(x: np.ndarray, like: Array) -> Any:
    """Return x for the library of `like`, without a copy."""
    return x if isinstance(like, np.ndarray) else ops.asarray_like(x, like)
