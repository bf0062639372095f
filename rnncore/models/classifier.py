"""Many to one: a sequence in, one vector of scores out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import LSTM
from rnncore.layers import (
    Recurrent,
    attention_pool,
    attention_pool_backward,
    cross_entropy,
    cross_entropy_backward,
    dropout_backward,
    dropout_forward,
    embedding_backward,
    embedding_forward,
    linear_backward,
    linear_forward,
    masked_max,
    masked_max_backward,
    masked_mean,
    masked_mean_backward,
    prefixed,
    under,
    uniform,
    xavier,
)
from rnncore.types import Array, Cell

__all__ = ["POOLINGS", "Classifier"]

Arrays = dict[str, Array]
POOLINGS = ("last", "mean", "max", "attention")


@dataclass(frozen=True)
class Classifier:
    """scores = U pool(h_1 .. h_T) + c.

    inputs: number of symbols, embedded as vectors of size D; or None for sequences of real vectors of size D.
    K: number of classes, or of outputs of a regression. pooling: "last" (each direction's last valid state), "mean",
    "max" or "attention". dropout: rate on the inputs, between layers and before the readout, while training.
    Parameters are a flat dict: E (if there are inputs), "rnn." before those of `Recurrent`, A, a, v (attention), U, c.
    """

    inputs: int | None
    K: int
    D: int
    H: int
    cell: Cell = field(default=LSTM)
    layers: int = 1
    bidirectional: bool = False
    pooling: str = "last"
    dropout: float = 0.0
    start: str = "uniform"

    def __post_init__(self) -> None:
        ops.check_own_sizes(self, "K", "D", "H", "layers", *(["inputs"] if self.inputs is not None else []))
        if self.pooling not in POOLINGS:
            raise ValueError(f"pooling: got {self.pooling!r}, expected one of {POOLINGS}")

    @property
    def rnn(self) -> Recurrent:
        """Return the recurrent layer."""
        return Recurrent(self.cell, self.D, self.H, self.layers, self.bidirectional, self.dropout, start=self.start)

    def init(self, rng: np.random.Generator, dtype: Any = np.float64) -> Arrays:
        """Return random parameters: E normal with deviation 0.1, U uniform, c zero, A by Xavier's rule, v uniform.

        rng: draws. dtype: of the parameters.
        """
        M, params = self.rnn.width, {}
        if self.inputs is not None:
            params["E"] = (0.1 * rng.normal(size=(self.inputs, self.D))).astype(dtype)
        params.update(prefixed("rnn.", self.rnn.init(rng, dtype)))
        if self.pooling == "attention":
            params.update(
                A=xavier((self.H, M), rng, dtype=dtype),
                a=np.zeros(self.H, dtype),
                v=uniform((self.H,), rng, self.H**-0.5, dtype),
            )
        return {**params, "U": uniform((self.K, M), rng, M**-0.5, dtype), "c": np.zeros(self.K, dtype)}

    def forward(
        self, params: Arrays, x: Array, lengths: Array | None = None, rng: np.random.Generator | None = None
    ) -> tuple[Array, tuple]:
        """Return scores (B, K), and a cache.

        x: ids (T, B), or (T, B, D) if inputs is None. lengths: (B,), at least 1 each.
        params: parameters by name. rng: draws.
        """
        embedded = None
        if self.inputs is not None:
            x, embedded = embedding_forward(x, params["E"])
        else:
            x = ops.asarray_like(x, params["U"])
        lengths = np.full(x.shape[1], x.shape[0]) if lengths is None else ops.to_numpy(lengths)
        x, before = dropout_forward(x, self.dropout, rng)
        hs, final, scanned = self.rnn.forward(under("rnn.", params), x, None, lengths, rng)
        pooled, cache = self._pool(params, hs, final, lengths)
        pooled, after = dropout_forward(pooled, self.dropout, rng)
        scores, read = linear_forward(pooled, params["U"], params["c"])
        return scores, (embedded, before, scanned, tuple(hs.shape), cache, after, read)

    def backward(self, dscores: Array, cache: tuple) -> tuple[Array | None, Arrays]:
        """Return the gradient on the vectors x, None for symbols, and those of all parameters; dscores (B, K).

        cache: what the forward pass returned.
        """
        embedded, before, scanned, shape, pooled, after, read = cache
        dpooled, dU, dc = linear_backward(dscores, read)
        dhs, dstate, grads = self._pool_backward(dropout_backward(dpooled, after), shape, pooled)
        dx, _, d = self.rnn.backward(dhs, dstate, scanned)
        grads = {**grads, **prefixed("rnn.", d), "U": dU, "c": dc}
        dx = dropout_backward(dx, before)
        return (dx, grads) if embedded is None else (None, {"E": embedding_backward(dx, embedded), **grads})

    def loss(
        self,
        params: Arrays,
        x: Array,
        labels: Array,
        lengths: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, int, Arrays]:
        """Return the sum of cross-entropies in nats, the number of sequences, the gradients of the mean.

        params: parameters by name. x: conditions (B, F). labels: integers (B,). lengths: (B,) integers in 0..T, or
        None. rng: draws.
        """
        scores, cache = self.forward(params, x, lengths, rng)
        total, count, scored = cross_entropy(scores, labels)
        return total, count, self.backward(cross_entropy_backward(scored, 1 / max(count, 1)), cache)[1]

    def _pool(self, params, hs, final, lengths):
        if self.pooling == "mean":
            return masked_mean(hs, lengths)
        if self.pooling == "max":
            return masked_max(hs, lengths)
        if self.pooling == "attention":
            pooled, _, cache = attention_pool(hs, lengths, params["A"], params["a"], params["v"])
            return pooled, cache
        last = [final[0][k - self.rnn.directions, ...] for k in range(self.rnn.directions)]
        return ops.concat(last), final

    def _pool_backward(self, dpooled, shape, cache):
        if self.pooling == "mean":
            return masked_mean_backward(dpooled, cache), None, {}
        if self.pooling == "max":
            return masked_max_backward(dpooled, cache), None, {}
        if self.pooling == "attention":
            dhs, dA, da, dv = attention_pool_backward(dpooled, cache)
            return dhs, None, {"A": dA, "a": da, "v": dv}
        lower = [0 * cache[0][k, ...] for k in range(cache[0].shape[0] - self.rnn.directions)]
        dh = ops.stack([*lower, *ops.split(dpooled, self.rnn.directions)])
        return ops.zeros(shape, dpooled), (dh, *(0 * part for part in cache[1:])), {}
