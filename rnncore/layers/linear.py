"""The linear readout of a state."""

from __future__ import annotations

from rnncore import ops
from rnncore.types import Array

__all__ = ["linear_backward", "linear_forward"]


def linear_forward(x: Array, U: Array, c: Array) -> tuple[Array, tuple]:
    """y = U x + c, for any leading axes.

    Equation: readout
    x: (..., H), U: (K, H), c: (K,). Returns y (..., K) and a cache.
    Raises ValueError when the last axis of x is not that of U.
    """
    if x.shape[-1] != U.shape[-1]:
        raise ValueError(f"x: got shape {tuple(x.shape)}, expected (..., H) with H = {U.shape[-1]} as in U")
    return x @ ops.namespace(U).matrix_transpose(U) + c, (x, U)


def linear_backward(dy: Array, cache: tuple) -> tuple[Array, Array, Array]:
    """dx = U^T dy; dU = sum of dy x^T and dc = sum of dy, over all leading axes.

    Equation: readout-backward
    dy: (..., K). Returns dx (..., H), dU (K, H), dc (K,).
    """
    x, U = cache
    xp = ops.namespace(dy)
    rows = xp.reshape(dy, (-1, dy.shape[-1]))
    dU = xp.matrix_transpose(rows) @ xp.reshape(x, (-1, x.shape[-1]))
    return dy @ U, dU, xp.sum(rows, axis=0)
