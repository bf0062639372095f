"""Clipping: the whole gradient by its norm, or each entry by its value."""

from __future__ import annotations

import math

from rnncore import ops
from rnncore.types import Array

__all__ = ["clip_by_norm", "clip_by_value"]


def clip_by_norm(grads: dict[str, Array], thr: float) -> tuple[dict[str, Array], float]:
    """Scale all gradients by min(1, thr / norm), where norm is the Euclidean norm of all entries together.

    Equation: clip-by-norm
    The direction is kept; a complex entry counts by its absolute value. At or below thr the values are unchanged to the
    last bit. Returns new arrays, and the norm before clipping, infinity where a float cannot hold it. Squares neither
    overflow nor underflow, because they are taken in units of the largest entry.
    grads: arrays by name.
    Raises ValueError when thr is not positive, and FloatingPointError, naming the array, for NaN or infinity.
    """
    if not thr > 0:
        raise ValueError(f"thr: got {thr}, expected a positive number")
    thr, largest = float(thr), _largest(grads)
    if largest == 0.0:
        return {name: g + 0 for name, g in grads.items()}, 0.0
    share = math.sqrt(sum(_squares(g, largest) for g in grads.values()))
    norm = largest * share  # infinite where it is too large for a float; thr / share / largest is not
    scale = 1.0 if norm <= thr else thr / share / largest
    return {name: g * scale for name, g in grads.items()}, norm


def clip_by_value(grads: dict[str, Array], c: float) -> dict[str, Array]:
    """Limit every entry to [-c, c]. This can turn the direction of the gradient. Returns new arrays.

    Equation: clip-by-value
    grads: arrays by name.
    Raises ValueError when c is not positive, TypeError for complex gradients, which no interval holds, and
    FloatingPointError, naming the array, for NaN or infinity.
    """
    if not c > 0:
        raise ValueError(f"c: got {c}, expected a positive number")
    c = float(c)
    _largest(grads)
    _real(grads)
    return {name: ops.namespace(g).clip(g, -c, c) for name, g in grads.items()}


def _largest(grads: dict[str, Array]) -> float:
    """Return the largest absolute entry of all arrays. TypeError for integers, which scaling would round."""
    largest = 0.0
    for name, g in grads.items():
        ops.check_floating(**{name: g})
        here = float(ops.namespace(g).max(abs(g))) if math.prod(g.shape) else 0.0
        if not math.isfinite(here):
            raise FloatingPointError(f"{name}: the gradient holds NaN or infinity; nothing was clipped")
        largest = max(largest, here)
    return largest


def _squares(g: Array, unit: float) -> float:
    """Return the sum of the squares of the absolute entries, in units, each of which is 1 at most."""
    part = abs(g) / unit
    return float(ops.namespace(g).sum(part * part))


def _real(grads: dict[str, Array]) -> None:
    for name, g in grads.items():
        if ops.namespace(g).isdtype(g.dtype, "complex floating"):
            raise TypeError(f"{name}: got dtype {g.dtype}, expected real numbers")
