"""The recurrent language model: embed a symbol, step the cell, read out logits of the next symbol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnncore.cells import RNN
from rnncore.layers import (
    cross_entropy,
    cross_entropy_backward,
    embedding_backward,
    embedding_forward,
    init_recurrent,
    linear_backward,
    linear_forward,
    run,
    run_backward,
    zero_state,
)
from rnncore.types import Array, Cell, Params, State

__all__ = ["LanguageModel"]

Arrays = dict[str, Array]


@dataclass(frozen=True)
class LanguageModel:
    """p(x_t | x_<t) = softmax(U h_t + c), where h_t has read the symbols before x_t.

    inputs: number of symbols that can be read (BOS included, if there is one); K: number that can be predicted.
    D: size of the embedding, H: size of the state. Parameters are a flat dict: E, V, W, b, U, c, and the cell's own.
    """

    inputs: int
    K: int
    D: int
    H: int
    cell: Cell = field(default=RNN)

    def init(self, rng: np.random.Generator, dtype: Any = np.float64) -> Arrays:
        """Random parameters: E normal with deviation 1, the recurrent layer as `init_recurrent`, U uniform, c zero."""
        recurrent = init_recurrent(self.cell, self.D, self.H, rng, dtype)
        bound = self.H**-0.5
        return {
            "E": rng.normal(size=(self.inputs, self.D)).astype(dtype),
            **dict(zip("VWb", recurrent[:3])),
            **dict(zip(self.cell.own, recurrent.own)),
            "U": rng.uniform(-bound, bound, (self.K, self.H)).astype(dtype),
            "c": np.zeros(self.K, dtype),
        }

    def zero_state(self, params: Arrays, B: int) -> State:
        """h_0 = 0 (and C_0 = 0) for B sequences."""
        return zero_state(self.cell, B, self.H, params["W"])

    def forward(self, params: Arrays, ids: Array, state: State, lengths: Array | None = None) -> tuple:
        """Logits of the next symbol after each of the symbols read.

        ids: (T, B), state: the initial state. Returns logits (T, B, K), the final state, and a cache.
        """
        x, embedded = embedding_forward(ids, params["E"])
        hs, state, scanned = run(self.cell, x, state, self._recurrent(params), lengths)
        logits, read = linear_forward(hs, params["U"], params["c"])
        return logits, state, (embedded, scanned, read)

    def backward(self, dlogits: Array, cache: tuple, dstate: State | None = None) -> tuple[Arrays, State]:
        """Gradients of all parameters, and the gradient on the initial state."""
        embedded, scanned, read = cache
        dhs, dU, dc = linear_backward(dlogits, read)
        dx, dstate0, d = run_backward(self.cell, dhs, dstate, scanned)
        grads = {"E": embedding_backward(dx, embedded), **dict(zip("VWb", d[:3])), **dict(zip(self.cell.own, d.own))}
        return {**grads, "U": dU, "c": dc}, dstate0

    def loss(self, params: Arrays, ids: Array, targets: Array, state: State, mask: Array | None = None) -> tuple:
        """One training step's work: (sum of losses in nats, count of tokens, gradients of the mean, final state)."""
        logits, state, cache = self.forward(params, ids, state)
        total, count, scored = cross_entropy(logits, targets, mask)
        grads, _ = self.backward(cross_entropy_backward(scored, 1 / max(count, 1)), cache)
        return total, count, grads, state

    def score(self, params: Arrays, ids: Array, targets: Array, state: State) -> tuple[float, int, State]:
        """The sum of losses in nats, the count, and the final state; no gradients."""
        logits, state, _ = self.forward(params, ids, state)
        total, count, _ = cross_entropy(logits, targets)
        return float(total), count, state

    def step(self, params: Arrays, ids: Array, state: State) -> tuple[Array, State]:
        """Read one symbol per sequence, ids (B,): logits (B, K) and the new state. For generation."""
        logits, state, _ = self.forward(params, ids[None], state)
        return logits[0], state

    def _recurrent(self, params: Arrays) -> Params:
        return Params(params["V"], params["W"], params["b"], tuple(params[name] for name in self.cell.own))
