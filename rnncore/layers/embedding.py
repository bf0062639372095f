"""Symbols as vectors: picking a row of E is multiplying a one-hot vector by it."""

from __future__ import annotations

from rnncore import ops
from rnncore.types import Array

__all__ = ["embedding_backward", "embedding_forward"]


def embedding_forward(ids: Array, E: Array) -> tuple[Array, tuple]:
    """Look up x = E[id]: the row of E that belongs to each symbol.

    Equation: embedding
    ids: integers in 0..K-1 of any shape, E: (K, D). Returns x of shape ids.shape + (D,), and a cache.
    Raises TypeError for ids that are no integers, ValueError for an id outside 0..K-1, which plain indexing would wrap
    or crash on, or an E of another rank.
    """
    ops.check_floating(E=E)
    if len(E.shape) != 2:
        raise ValueError(f"E: got shape {tuple(E.shape)}, expected (K, D)")
    xp, (K, D) = ops.namespace(E), E.shape
    ops.check_ids("ids", ids, K)
    flat = xp.reshape(ops.asarray_like(ids, E), (-1,))
    return xp.reshape(xp.take(E, flat, axis=0), (*ids.shape, D)), (flat, K)


def embedding_backward(dx: Array, cache: tuple) -> Array:
    """Compute dE: row k is the sum of dx over all places where symbol k stood.

    A symbol that occurs twice is paid twice.
    Equation: embedding-backward
    dx: ids.shape + (D,). Returns dE (K, D). Raises ValueError when dx has not one row for each id.
    cache: what the forward function returned.
    """
    flat, K = cache
    rows = ops.namespace(dx).reshape(dx, (-1, dx.shape[-1]))
    if rows.shape[0] != flat.shape[0]:
        raise ValueError(f"dx: got shape {tuple(dx.shape)}, expected ids.shape + (D,), with {flat.shape[0]} ids")
    return ops.add_rows(rows, flat, K)
