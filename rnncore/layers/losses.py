"""Losses. The sum and the count travel together and are divided once."""

from __future__ import annotations

import math

import numpy as np

from rnncore import ops
from rnncore.ops import plain
from rnncore.types import Array

__all__ = ["cross_entropy", "cross_entropy_backward", "squared_error", "squared_error_backward"]


def cross_entropy(logits: Array, targets: Array, mask: Array | None = None) -> tuple[Array, int, tuple]:
    """Return the sum of -log softmax(logits)[target] over the tokens where the mask is true, in nats, and their number.

    Equation: cross-entropy
    logits: (..., K), targets: integers (...) in 0..K-1, mask: booleans (...) or None for all.
    Where the mask is false, logits and targets may be anything, NaN and infinity too.
    Returns (total, count, cache). The mean over tokens is total / count; batches add up before they are divided.
    Raises TypeError for a wrong dtype, ValueError when shapes do not fit, or for a target outside 0..K-1.
    """
    ops.check_floating(logits=logits)
    if not logits.shape or logits.shape[-1] < 1:
        raise ValueError(f"logits: got shape {tuple(logits.shape)}, expected (..., K) with K at least 1")
    xp = ops.namespace(logits)
    targets = ops.asarray_like(targets, logits)
    targets, mask = _checked_targets(logits, targets, mask)
    if mask is None:
        logp = ops.log_softmax(logits)
    else:
        with np.errstate(invalid="ignore"):  # of rows that nobody asks for
            logp = ops.log_softmax(logits)
    chosen = ops.select(mask, ops.pick(logp, targets))
    count = math.prod(chosen.shape) if mask is None else int(xp.count_nonzero(mask))
    return -xp.sum(chosen), count, (logp, targets, mask)


def cross_entropy_backward(cache: tuple, scale: float = 1.0, smoothing: float = 0.0) -> Array:
    """Return the gradient of scale * total on the logits: softmax minus one-hot, zero where the mask is false.

    Equation: cross-entropy
    scale: 1 / count for the mean over tokens. smoothing: the share of the target that is spread evenly over all K
    symbols before the gradient is taken (label smoothing); 0 for the gradient of the loss itself.
    cache: what the forward function returned.
    Returns dlogits (..., K). Raises ValueError for a smoothing outside [0, 1].
    """
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing: got {smoothing}, expected 0 <= smoothing <= 1")
    logp, targets, mask = cache
    scale, smoothing = plain(scale), float(smoothing)
    target = (1 - smoothing) * ops.one_hot(targets, logp.shape[-1], logp) + smoothing / logp.shape[-1]
    dlogits = scale * (ops.namespace(logp).exp(logp) - target)
    return ops.select(mask, dlogits)


def squared_error(y: Array, targets: Array) -> tuple[Array, int, Array]:
    """Return the sum of (y - target)^2 over all entries, their number, and a cache.

    y, targets: one shape. Raises TypeError for a wrong dtype, ValueError when the shapes differ.
    """
    ops.check_floating(y=y, targets=targets)
    if tuple(y.shape) != tuple(targets.shape):
        raise ValueError(f"targets: got shape {tuple(targets.shape)}, expected {tuple(y.shape)} as in y")
    error = y - targets
    return ops.namespace(y).sum(error * error), math.prod(y.shape), error


def squared_error_backward(error: Array, scale: float = 1.0) -> Array:
    """Return the gradient of scale * total on y: 2 scale (y - target).

    error: the cache that `squared_error` returned.
    """
    return 2 * plain(scale) * error


def _checked_targets(logits, targets, mask):
    """Return targets in 0..K-1, 0 where the mask is false, and the mask, as arrays like the logits."""
    leading = tuple(logits.shape[:-1])
    for name, array in [("targets", targets), ("mask", mask)]:
        if array is not None and tuple(array.shape) != leading:
            raise ValueError(f"{name}: got shape {tuple(array.shape)}, expected {leading} as in logits")
    if mask is not None:
        if not ops.namespace(mask).isdtype(mask.dtype, "bool"):
            raise TypeError(f"mask: got dtype {mask.dtype}, expected booleans")
        ops.check_integers("targets", targets)
        mask = ops.asarray_like(mask, logits)
        targets = ops.select(mask, targets)
    ops.check_ids("targets", targets, logits.shape[-1])
    return targets, mask
