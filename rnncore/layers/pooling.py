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
    Raises TypeError or ValueError for other lengths.
    """
    lengths, valid = _lengths(hs, lengths, 0)
    xp = ops.namespace(hs)
    weight = xp.astype(ops.asarray_like(valid / np.maximum(lengths, 1), hs), hs.dtype)[..., None]
    return xp.sum(weight * ops.select(valid, hs), axis=0), weight


def masked_mean_backward(dy: Array, weight: Array) -> Array:
    """Give every valid step 1 / length of the gradient: dy (B, H) gives dhs (T, B, H).

    weight: the cache that `masked_mean` returned.
    """
    return weight * dy[None, ...]


def masked_max(hs: Array, lengths: Array) -> tuple[Array, tuple]:
    """Return the largest entry over each sequence's own steps, unit by unit. hs (T, B, H) gives (B, H), and a cache.

    Equation: pool-max
    lengths: (B,) integers in 1..T. What stands in the padding does not matter, not even NaN.
    Raises ValueError for an empty sequence, which has no maximum, TypeError or ValueError for other lengths.
    """
    _, valid = _lengths(hs, lengths, 1)
    xp = ops.namespace(hs)
    real = xp.real(hs) if xp.isdtype(hs.dtype, "complex floating") else hs
    inside = ops.asarray_like(valid, hs)[..., None]
    where = xp.argmax(ops.where(inside, real, ops.zeros((), real) - float("inf")), axis=0)
    times = ops.asarray_like(np.arange(hs.shape[0]), hs)[:, None, None]
    chosen = times == where[None, ...]
    return xp.sum(ops.where(chosen, hs, ops.zeros((), hs)), axis=0), chosen


def masked_max_backward(dy: Array, chosen: Array) -> Array:
    """Send the gradient to the step that had the maximum; to the first of equals. dy (B, H) gives dhs (T, B, H).

    chosen: the cache that `masked_max` returned.
    """
    return ops.where(chosen, dy[None, ...], ops.zeros((), dy))


def attention_pool(hs: Array, lengths: Array, A: Array, a: Array, v: Array) -> tuple[Array, Array, tuple]:
    """Return a mean with weights softmax(v . tanh(A h + a)) over each sequence's own steps.

    Equation: pool-attention
    hs: (T, B, M), A: (N, M), a: (N,), v: (N,). lengths: (B,) integers in 0..T. What stands in the padding does not
    matter, not even NaN. Returns (B, M), the weights (B, T), and a cache.
    Raises TypeError or ValueError when dtypes or shapes do not fit.
    """
    _, mask = _lengths(hs, lengths, 0)
    hs = ops.select(mask, hs)
    keys, mapped = linear_forward(hs, A, a)
    context, weights, cache = additive_attention(0 * keys[:1, ...], keys, hs, mask, v)
    return context[0, ...], weights[:, 0, :], (mapped, cache)


def attention_pool_backward(dy: Array, cache: tuple) -> tuple[Array, Array, Array, Array]:
    """Return gradients on hs, A, a and v.

    dy: (B, M). cache: what the forward function returned.
    """
    mapped, cache = cache
    _, dkeys, dvalues, dv = additive_attention_backward(dy[None, ...], cache)
    dhs, dA, da = linear_backward(dkeys, mapped)
    return dhs + dvalues, dA, da, dv


def _lengths(hs, lengths, least):
    """Return checked lengths (B,) as a NumPy array, and the steps that are inside (T, B)."""
    if len(hs.shape) != 3:
        raise ValueError(f"hs: got shape {tuple(hs.shape)}, expected (T, B, H)")
    lengths = ops.to_numpy(lengths)
    ops.check_lengths(lengths, hs.shape[0], hs.shape[1], least)
    return lengths, valid_steps(lengths, hs.shape[0])
