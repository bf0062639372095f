"""Dropout: units silenced at random while training, and the others scaled up so that the mean stays."""

from __future__ import annotations

import numpy as np

from rnncore import ops
from rnncore.types import Array

__all__ = ["dropout_backward", "dropout_forward"]


def dropout_forward(
    x: Array, rate: float, rng: np.random.Generator | None, variational: bool = False
) -> tuple[Array, Array | None]:
    """Compute x * m / (1 - rate), where each entry of m is 0 with probability `rate` and 1 otherwise.

    Equation: dropout
    x: (T, B, D). rng: None outside training, and then x is returned as it is. variational: one mask for all times
    instead of a fresh one at each (Gal and Ghahramani, 2016). Returns the result and the scaled mask, its cache.
    Raises ValueError for a rate outside [0, 1), TypeError for an x that is not floating or an rng that is none.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate: got {rate}, expected 0 <= rate < 1")
    if rng is None or rate == 0:
        return x, None
    ops.check_floating(x=x)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: got a {type(rng).__name__}, expected a numpy.random.Generator or None")
    shape = (1, *x.shape[1:]) if variational else tuple(x.shape)
    mask = ops.namespace(x).astype(ops.asarray_like(rng.random(shape, np.float32) >= rate, x), x.dtype) / (
        1 - float(rate)
    )
    return x * mask, mask


def dropout_backward(dy: Array, mask: Array | None) -> Array:
    """Apply the same mask to the gradient. Raises ValueError when dy has not the shape of x."""
    if mask is not None and tuple(mask.shape) not in {tuple(dy.shape), (1, *dy.shape[1:])}:
        raise ValueError(f"dy: got shape {tuple(dy.shape)}, expected that of x, with a mask of {tuple(mask.shape)}")
    return dy if mask is None else dy * mask
