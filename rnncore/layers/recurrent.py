"""Parameters and states of a recurrent layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore import ops
from rnncore.types import Array, Cell, Params, State

__all__ = ["init_recurrent", "zero_state"]


def init_recurrent(cell: Cell, D: int, H: int, rng: np.random.Generator, dtype: Any = np.float64) -> Params:
    """Random parameters: every entry uniform in (-1/sqrt(H), 1/sqrt(H)), as torch.nn.RNN draws them.

    D inputs, H units; returns NumPy arrays V (G*H, D), W (G*H, H), b (G*H,) and the cell's own, each (H,).
    """
    bound, rows = H**-0.5, len(cell.gates) * H

    def draw(*shape: int) -> np.ndarray:
        return rng.uniform(-bound, bound, shape).astype(dtype)

    return Params(draw(rows, D), draw(rows, H), draw(rows), tuple(draw(H) for _ in cell.own))


def zero_state(cell: Cell, B: int, H: int, like: Array) -> State:
    """The initial state of zeros, each part (B, H), with the library, dtype and device of `like`."""
    return tuple(ops.zeros((B, H), like) for _ in cell.state)
