"""The loss of a choice among K symbols. The sum and the count travel together and are divided once."""

from __future__ import annotations

from rnncore import ops
from rnncore.types import Array

__all__ = ["cross_entropy", "cross_entropy_backward"]


def cross_entropy(logits: Array, targets: Array, mask: Array | None = None) -> tuple[Array, int, tuple]:
    """The sum of -log softmax(logits)[target] over the tokens where the mask is true, in nats, and their number.

    Equation: cross-entropy
    logits: (..., K), targets: integers (...) in 0..K-1, mask: booleans (...) or None for all.
    Returns (total, count, cache). The mean over tokens is total / count; batches add up before they are divided.
    Raises ValueError when shapes do not fit.
    """
    xp = ops.namespace(logits)
    targets = ops.asarray_like(targets, logits)
    if tuple(targets.shape) != tuple(logits.shape[:-1]):
        raise ValueError(f"targets: got shape {tuple(targets.shape)}, expected {tuple(logits.shape[:-1])} as in logits")
    chosen = ops.one_hot(targets, logits.shape[-1], logits)
    weight = xp.ones_like(chosen[..., 0]) if mask is None else xp.astype(ops.asarray_like(mask, logits), logits.dtype)
    logp = ops.log_softmax(logits)
    total = -xp.sum(weight * xp.sum(chosen * logp, axis=-1))
    count = round(float(xp.sum(xp.real(weight) if xp.isdtype(weight.dtype, "complex floating") else weight)))
    return total, count, (logp, chosen, weight)


def cross_entropy_backward(cache: tuple, scale: float = 1.0) -> Array:
    """The gradient of scale * total on the logits: softmax minus one-hot, zero where the mask is false.

    Equation: cross-entropy
    scale: 1 / count for the mean over tokens. Returns dlogits (..., K).
    """
    logp, chosen, weight = cache
    return scale * weight[..., None] * (ops.namespace(logp).exp(logp) - chosen)
