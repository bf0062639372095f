"""The linear readout of a state."""

from __future__ import annotations

from rnncore import ops
from rnncore.types import Array

__all__ = ["linear_backward", "linear_forward"]


def linear_forward(x: Array, U: Array, c: Array) -> tuple[Array, tuple]:
    """Compute y = U x + c, for any leading axes.

    Equation: readout
    x: (..., H), U: (K, H), c: (K,). Returns y (..., K) and a cache.
    Raises TypeError or ValueError, naming the argument, when dtypes, libraries or shapes do not fit.
    """
    ops.check_floating(x=x, U=U, c=c)
    if len(U.shape) != 2:
        raise ValueError(f"U: got shape {tuple(U.shape)}, expected (K, H)")
    if tuple(c.shape) != (U.shape[0],):
        raise ValueError(f"c: got shape {tuple(c.shape)}, expected (K,) = {(U.shape[0],)} as in U")
    if not x.shape or x.shape[-1] != U.shape[-1]:
        raise ValueError(f"x: got shape {tuple(x.shape)}, expected (..., H) with H = {U.shape[-1]} as in U")
    xp = ops.namespace(x)
    rows = xp.reshape(x, (-1, x.shape[-1]))  # one product for all leading axes
    return xp.reshape(rows @ xp.matrix_transpose(U) + c, (*x.shape[:-1], U.shape[0])), (x, U)


def linear_backward(dy: Array, cache: tuple) -> tuple[Array, Array, Array]:
    """Compute dx = U^T dy; dU = sum of dy x^T and dc = sum of dy, over all leading axes.

    Equation: readout-backward
    dy: (..., K). Returns dx (..., H), dU (K, H), dc (K,). Raises ValueError for a dy of another shape.
    cache: what the forward function returned.
    """
    x, U = cache
    if tuple(dy.shape) != (*x.shape[:-1], U.shape[0]):
        raise ValueError(f"dy: got shape {tuple(dy.shape)}, expected that of y, {(*x.shape[:-1], U.shape[0])}")
    xp = ops.namespace(dy)
    rows = xp.reshape(dy, (-1, dy.shape[-1]))
    dU = xp.matrix_transpose(rows) @ xp.reshape(x, (-1, x.shape[-1]))
    return xp.reshape(rows @ U, x.shape), dU, xp.sum(rows, axis=0)
