"""Clipping: the whole gradient by its norm, or each entry by its value."""

from __future__ import annotations

import math

from rnncore import ops
from rnncore.types import Array

__all__ = ["clip_by_norm", "clip_by_value"]


def clip_by_norm(grads: dict[str, Array], thr: float) -> tuple[dict[str, Array], float]:
    """Scale all gradients by min(1, thr / norm), where norm is the Euclidean norm of all entries together.

    Equation: clip-by-norm
    The direction is kept. At or below thr the values are unchanged to the last bit. Returns new arrays, and the norm
    before clipping. The norm neither overflows nor underflows, because it is computed in units of the largest entry.
    Raises ValueError when thr is not positive, and FloatingPointError, naming the array, for NaN or infinity.
    """
    if not thr > 0:
        raise ValueError(f"thr: got {thr}, expected a positive number")
    largest = _largest(grads)
    if largest == 0.0:
        return {name: g + 0 for name, g in grads.items()}, 0.0
    norm = largest * math.sqrt(sum(float(ops.namespace(g).sum((g / largest) ** 2)) for g in grads.values()))
    scale = 1.0 if norm <= thr else thr / norm
    return {name: g * scale for name, g in grads.items()}, norm


def clip_by_value(grads: dict[str, Array], c: float) -> dict[str, Array]:
    """Limit every entry to [-c, c]. This can turn the direction of the gradient. Returns new arrays.

    Equation: clip-by-value
    Raises ValueError when c is not positive, and FloatingPointError, naming the array, for NaN or infinity.
    """
    if not c > 0:
        raise ValueError(f"c: got {c}, expected a positive number")
    _largest(grads)
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
