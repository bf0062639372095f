"""Many states to one vector: the last, the mean, the maximum, or a learned weighting."""

from __future__ import annotations

import numpy as np

from rnncore import ops
from rnncore.layers.attention import additive_attention, additive_attention_backward
from rnncore.layers.linear import linear_backward, linear_forward
from rnncore.types import Array

__all__ = [
    "attention_pool",
    "attention_pool_backward",
    "masked_max",
    "masked_max_backward",
    "masked_mean",
    "masked_mean_backward",
    "valid_steps",
]


def valid_steps(lengths: Array, T: int) -> np.ndarray:
    """Say in (T, B) booleans whether step t is inside the sequence. lengths: (B,) integers.

    >>> valid_steps(np.array([1, 2]), 2)
    array([[ True,  True],
           [False,  True]])
    """
    (T,) = ops.check_sizes(0, T=T)
    return np.arange(T)[:, None] < np.asarray(lengths)[None, :]


def masked_mean(hs: Array, lengths: Array) -> tuple[Array, Array]:
    """Return the mean over each sequence's own steps; zero for an empty one. hs (T, B, H) gives (B, H), and a cache.

    Equation: pool-mean
    lengths: (B,) integers in 0..T. What stands in the padding does not matter, not even NaN.
    """
    xp = ops.namespace(hs)
    share = valid_steps(lengths, hs.shape[0]) / np.maximum(np.asarray(lengths), 1)
    weight = xp.astype(ops.asarray_like(share, hs), hs.dtype)[..., None]
    return xp.sum(weight * xp.where(weight > 0, hs, xp.zeros_like(hs)), axis=0), weight


def masked_mean_backward(dy: Array, weight: Array) -> Array:
    """Give every valid step 1 / length of the gradient: dy (B, H) gives dhs (T, B, H)."""
    return weight * dy[None, ...]


def masked_max(hs: Array, lengths: Array) -> tuple[Array, tuple]:
    """Return the largest entry over each sequence's own steps, unit by unit. hs (T, B, H) gives (B, H), and a cache.

    Equation: pool-max
    lengths: (B,) integers in 1..T. Raises ValueError for an empty sequence, which has no maximum.
    """
    if int(np.min(np.asarray(lengths))) < 1:
        raise ValueError(
            f"lengths: got {np.asarray(lengths).tolist()}, expected at least 1 each: nothing has no maximum"
        )
    xp = ops.namespace(hs)
    valid = ops.asarray_like(valid_steps(lengths, hs.shape[0]), hs)[..., None]
    real = xp.real(hs) if xp.isdtype(hs.dtype, "complex floating") else hs
    where = xp.argmax(ops.where(valid, real, xp.min(real) - 1 + 0 * real), axis=0)
    times = ops.asarray_like(np.arange(hs.shape[0]), hs)[:, None, None]
    chosen = xp.astype(times == where[None, ...], hs.dtype)
    return xp.sum(chosen * hs, axis=0), chosen


def masked_max_backward(dy: Array, chosen: Array) -> Array:
    """Send the gradient to the step that had the maximum; to the first of equals. dy (B, H) gives dhs (T, B, H)."""
    return chosen * dy[None, ...]


def attention_pool(hs: Array, lengths: Array, A: Array, a: Array, v: Array) -> tuple[Array, Array, tuple]:
    """Return a mean with weights softmax(v . tanh(A h + a)) over each sequence's own steps.

    Equation: pool-attention
    hs: (T, B, M), A: (N, M), a: (N,), v: (N,). Returns (B, M), the weights (B, T), and a cache.
    """
    keys, mapped = linear_forward(hs, A, a)
    mask = valid_steps(lengths, hs.shape[0])
    context, weights, cache = additive_attention(0 * keys[:1, ...], keys, hs, mask, v)
    return context[0, ...], weights[:, 0, :], (mapped, cache)


def attention_pool_backward(dy: Array, cache: tuple) -> tuple[Array, Array, Array, Array]:
    """Return gradients on hs, A, a and v."""
    mapped, cache = cache
    _, dkeys, dvalues, dv = additive_attention_backward(dy[None, ...], cache)
    dhs, dA, da = linear_backward(dkeys, mapped)
    return dhs + dvalues, dA, da, dv
