"""The recurrent language model: embed a symbol, step the cell, read out logits of the next symbol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import RNN
from rnncore.layers import (
    Recurrent,
    cross_entropy,
    cross_entropy_backward,
    dropout_backward,
    dropout_forward,
    embedding_backward,
    embedding_forward,
    linear_backward,
    linear_forward,
    prefixed,
    stepper,
    under,
    uniform,
)
from rnncore.types import Array, Cell, State

__all__ = ["LanguageModel"]

Arrays = dict[str, Array]


@dataclass(frozen=True)
class LanguageModel:
    """p(x_t | x_<t) = softmax(U h_t + c), where h_t has read the symbols before x_t.

    inputs: number of symbols that can be read (BOS included, if there is one); K: number that can be predicted.
    D: size of the embedding, H: size of the state, layers: L. dropout: rate on embedding, between layers and before the
    readout, while training. variational: one dropout mask for all times. tied: U is the first K rows of E; needs D = H.
    Parameters are a flat dict: E, those of `Recurrent` after "rnn.", U (unless tied) and c.
    """

    inputs: int
    K: int
    D: int
    H: int
    cell: Cell = field(default=RNN)
    layers: int = 1
    dropout: float = 0.0
    variational: bool = False
    tied: bool = False
    start: str = "uniform"

    def __post_init__(self) -> None:
        ops.check_own_sizes(self, "inputs", "K", "D", "H", "layers")
        if self.tied and (self.D != self.H or self.inputs < self.K):
            raise ValueError(
                f"tied: got D={self.D}, H={self.H}, K={self.K}, inputs={self.inputs}, expected D = H, K <= inputs"
            )

    @property
    def rnn(self) -> Recurrent:
        """Return the recurrent layer."""
        return Recurrent(
            self.cell, self.D, self.H, self.layers, dropout=self.dropout, variational=self.variational, start=self.start
        )

    def init(self, rng: np.random.Generator, dtype: Any = np.float64) -> Arrays:
        """Return random parameters: E normal with deviation 1 (D^-1/2 if tied), U uniform, c zero.

        rng: draws. dtype: of the parameters.
        """
        params = {
            "E": (rng.normal(size=(self.inputs, self.D)) * (self.D**-0.5 if self.tied else 1)).astype(dtype),
            **prefixed("rnn.", self.rnn.init(rng, dtype)),
        }
        if not self.tied:
            params["U"] = uniform((self.K, self.H), rng, self.H**-0.5, dtype)
        return {**params, "c": np.zeros(self.K, dtype)}

    def zero_state(self, params: Arrays, B: int) -> State:
        """Return h_0 = 0 (and C_0 = 0) for B sequences, each part (L, B, H).

        params: parameters by name.
        """
        return self.rnn.zero_state(B, params["E"])

    def forward(
        self,
        params: Arrays,
        ids: Array,
        state: State | None = None,
        lengths: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, State, tuple]:
        """Return logits of the next symbol after each of the symbols read.

        ids: (T, B), state: the initial state or None for zero, rng: for dropout, None outside training.
        params: parameters by name. lengths: (B,) integers in 0..T, or None.
        Returns logits (T, B, K), the final state, and a cache.
        """
        x, embedded = embedding_forward(ids, params["E"])
        x, before = dropout_forward(x, self.dropout, rng, self.variational)
        hs, state, scanned = self.rnn.forward(under("rnn.", params), x, state, lengths, rng)
        hs, after = dropout_forward(hs, self.dropout, rng, self.variational)
        U = params["E"][: self.K, :] if self.tied else params["U"]
        logits, read = linear_forward(hs, U, params["c"])
        return logits, state, (embedded, before, scanned, after, read)

    def backward(self, dlogits: Array, cache: tuple, dstate: State | None = None) -> tuple[State, Arrays]:
        """Return the gradient on the initial state, and those of all parameters.

        dlogits: the gradient on the logits. cache: what the forward pass returned. dstate: the gradient on the final
        state, or None.
        """
        embedded, before, scanned, after, read = cache
        dhs, dU, dc = linear_backward(dlogits, read)
        dx, dstate0, grads = self.rnn.backward(dropout_backward(dhs, after), dstate, scanned)
        dE = embedding_backward(dropout_backward(dx, before), embedded)
        if self.tied:  # E is used twice, so it is paid twice
            dE = ops.concat([dE[: self.K, :] + dU, dE[self.K :, :]], axis=0)
            return dstate0, {"E": dE, **prefixed("rnn.", grads), "c": dc}
        return dstate0, {"E": dE, **prefixed("rnn.", grads), "U": dU, "c": dc}

    def loss(
        self,
        params: Arrays,
        ids: Array,
        targets: Array,
        state: State | None = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, int, State, Arrays]:
        """Compute one training step: (sum of losses in nats, count of tokens, final state, gradients of the mean).

        params: parameters by name. ids: integers (T, B). targets: integers. rng: draws.
        """
        logits, state, cache = self.forward(params, ids, state, rng=rng)
        total, count, scored = cross_entropy(logits, targets, mask)
        _, grads = self.backward(cross_entropy_backward(scored, 1 / max(count, 1)), cache)
        return total, count, state, grads

    def score(
        self, params: Arrays, ids: Array, targets: Array, state: State | None = None, mask: Array | None = None
    ) -> tuple[float, int, State]:
        """Return the sum of losses in nats, the count, and the final state; no gradients, no dropout.

        params: parameters by name. ids: integers (T, B). targets: integers.
        """
        logits, state, _ = self.forward(params, ids, state)
        total, count, _ = cross_entropy(logits, targets, mask)
        return float(total), count, state

    def step(self, params: Arrays, ids: Array, state: State) -> tuple[Array, State]:
        """Read one symbol per sequence, ids (B,): logits (B, K) and the new state. For generation.

        params: parameters by name.
        """
        logits, state, _ = self.forward(params, ids[None], state)
        return logits[0, ...], state

    def stepper(self, params: Arrays) -> Callable[[Array, State], tuple[Array, State]]:
        """Return step(ids, state) with these params, as they are now, for many symbols in a row.

        It is several times faster, allocates nothing, and writes over what it returned before, see
        `rnncore.layers.Stepper`.
        """
        U = params["E"][: self.K, :] if self.tied else params["U"]
        fast = stepper(self.rnn, under("rnn.", params), params["E"], U, params["c"])
        return fast or partial(self.step, params)
