"""Attention: a weighted mean of values, with weights that a query and the keys decide.

Arrays are time-major: queries (Tq, B, .), keys (Ts, B, .), values (Ts, B, M), mask (Ts, B) booleans or None.
Weights are zero where the mask is false and sum to one over the rest; if nothing is left, they are all zero.
Keys and values there may be anything, NaN and infinity too.
"""

from __future__ import annotations

from rnncore import ops
from rnncore.types import Array

__all__ = ["additive_attention", "additive_attention_backward", "dot_attention", "dot_attention_backward"]


def dot_attention(
    q: Array, keys: Array, values: Array, mask: Array | None = None, scale: float = 1.0
) -> tuple[Array, Array, tuple]:
    """Attend with scores scale * q . k.

    Luong, Pham and Manning, 2015 (scale 1); Vaswani and others, 2017 (scale H^-1/2).
    Equation: attention-dot, attention-context
    q: (Tq, B, H), keys: (Ts, B, H). Returns the context (Tq, B, M), the weights (B, Tq, Ts), and a cache.
    values: (Ts, B, M). mask: (Ts, B) booleans, or None for all.
    Raises ValueError, naming the argument, when shapes do not fit.
    """
    _check(q, keys, values, mask)
    if q.shape[2] != keys.shape[2]:
        raise ValueError(f"keys: got shape {tuple(keys.shape)}, expected (Ts, B, H) with H = {q.shape[2]} as in q")
    xp, scale = ops.namespace(q), ops.plain(scale)
    q, keys = _batched(q), _batched(ops.select(mask, keys))
    context, weights, cache = _mix(scale * (q @ xp.matrix_transpose(keys)), values, mask)
    return context, weights, (q, keys, scale, cache)


def dot_attention_backward(dcontext: Array, cache: tuple) -> tuple[Array, Array, Array]:
    """Return gradients on q, keys and values; dcontext (Tq, B, M).

    Equation: attention-backward
    cache: what the forward function returned.
    """
    q, keys, scale, mixed = cache
    dscores, dvalues = _mix_backward(dcontext, mixed)
    dkeys = ops.namespace(q).matrix_transpose(dscores) @ q
    return _batched(scale * (dscores @ keys)), _batched(scale * dkeys), dvalues


def additive_attention(
    q: Array, keys: Array, values: Array, mask: Array | None, v: Array
) -> tuple[Array, Array, tuple]:
    """Attend with scores v . tanh(q + k), for queries and keys that have been through their linear maps.

    Bahdanau and others, 2015.
    Equation: attention-additive, attention-context
    q: (Tq, B, A), keys: (Ts, B, A), v: (A,). Returns the context (Tq, B, M), the weights (B, Tq, Ts), and a cache.
    values: (Ts, B, M). mask: (Ts, B) booleans, or None for all.
    Raises ValueError, naming the argument, when shapes do not fit.
    """
    _check(q, keys, values, mask, v=v)
    if not q.shape[2] == keys.shape[2] == v.shape[0]:
        raise ValueError(f"keys, v: got {tuple(keys.shape)}, {tuple(v.shape)}, expected A = {q.shape[2]} as in q")
    e = ops.tanh(_batched(q)[:, :, None, :] + _batched(ops.select(mask, keys))[:, None, :, :])
    context, weights, mixed = _mix(e @ v, values, mask)
    return context, weights, (e, v, mixed)


def additive_attention_backward(dcontext: Array, cache: tuple) -> tuple[Array, Array, Array, Array]:
    """Return gradients on q, keys, values and v; dcontext (Tq, B, M).

    Equation: attention-backward
    cache: what the forward function returned.
    """
    e, v, mixed = cache
    xp = ops.namespace(e)
    dscores, dvalues = _mix_backward(dcontext, mixed)
    dv = xp.sum(dscores[..., None] * e, axis=(0, 1, 2))
    dsum = dscores[..., None] * v * (1 - e * e)
    return _batched(xp.sum(dsum, axis=2)), _batched(xp.sum(dsum, axis=1)), dvalues, dv


def _mix(scores, values, mask):
    """Compute the masked softmax over the keys, then the mean of the values."""
    xp = ops.namespace(scores)
    real = xp.real(scores) if xp.isdtype(scores.dtype, "complex floating") else scores
    if mask is None:
        e = xp.exp(scores - xp.max(real, axis=-1, keepdims=True))
        weights = e / xp.sum(e, axis=-1, keepdims=True)
    else:
        keep = xp.matrix_transpose(ops.asarray_like(mask, scores))[:, None, :]
        low = xp.max(ops.where(keep, real, xp.min(real)), axis=-1, keepdims=True)  # keys outside are 0, none is NaN
        e = ops.where(keep, xp.exp(ops.where(keep, scores - low, ops.zeros((), scores))), ops.zeros((), scores))
        total = xp.sum(e, axis=-1, keepdims=True)
        weights = e / ops.where(xp.any(keep, axis=-1, keepdims=True), total, 1 + 0 * total)
    values = _batched(ops.select(mask, values))
    return _batched(weights @ values), weights, (weights, values)


def _mix_backward(dcontext, cache):
    weights, values = cache
    xp = ops.namespace(weights)
    dcontext = _batched(dcontext)
    dweights = dcontext @ xp.matrix_transpose(values)
    dscores = weights * (dweights - xp.sum(weights * dweights, axis=-1, keepdims=True))
    return dscores, _batched(xp.matrix_transpose(weights) @ dcontext)


def _batched(x):
    """Turn (T, B, .) into (B, T, .), and back."""
    return ops.namespace(x).permute_dims(x, (1, 0, 2))


def _check(q, keys, values, mask, **more):
    ops.check_floating(q=q, keys=keys, values=values, **more)
    for name, array in [("q", q), ("keys", keys), ("values", values)]:
        if len(array.shape) != 3 or array.shape[0] < 1:
            raise ValueError(f"{name}: got shape {tuple(array.shape)}, expected (T, B, size) with T at least 1")
    Ts, B = keys.shape[:2]
    if q.shape[1] != B or tuple(values.shape[:2]) != (Ts, B):
        raise ValueError(
            f"values: got {tuple(values.shape)}, expected (Ts, B, M) = {(Ts, q.shape[1])} as in keys and q"
        )
    if mask is not None and tuple(mask.shape) != (Ts, B):
        raise ValueError(f"mask: got shape {tuple(mask.shape)}, expected (Ts, B) = {(Ts, B)}")
