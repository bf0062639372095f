"""Strings out of a model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnncore.ops import softmax
from rnncore.types import Array, State

__all__ = ["sample"]


def sample(
    step: Callable[[Array, State], tuple[Array, State]],
    state: State,
    start: np.ndarray,
    T: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> np.ndarray:
    """Draw T symbols for each of B sequences, each from softmax(logits / temperature), and feed it back.

    step(ids, state) -> (logits (B, K), state). start: (B,) the symbols to read first. temperature: 0 takes the most
    probable symbol. top_k: keep only the k most probable; ties at the edge are all kept. Returns ids (T, B).
    Raises ValueError for a negative temperature or a top_k below 1.
    """
    if temperature < 0 or (top_k is not None and top_k < 1):
        raise ValueError(f"temperature, top_k: got {temperature}, {top_k}, expected >= 0 and None or >= 1")
    ids, drawn = np.asarray(start), []
    for _ in range(T):
        logits, state = step(ids, state)
        logits = np.asarray(logits, dtype=np.float64)
        if temperature == 0:
            ids = logits.argmax(axis=-1)
        else:
            if top_k is not None and top_k < logits.shape[-1]:
                edge = np.partition(logits, -top_k, axis=-1)[..., -top_k, None]
                logits = np.where(logits >= edge, logits, -np.inf)
            p = softmax(logits / temperature)
            ids = (rng.random((len(ids), 1)) >= p.cumsum(axis=-1)[:, :-1]).sum(axis=-1)
        drawn.append(ids)
    return np.array(drawn)
