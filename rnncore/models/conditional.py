"""One to many: a string that depends on a condition, which enters through the initial state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.layers import (
    cross_entropy,
    cross_entropy_backward,
    linear_backward,
    linear_forward,
    prefixed,
    under,
    xavier,
)
from rnncore.models.language import LanguageModel
from rnncore.types import Array, State

__all__ = ["Conditional"]

Arrays = dict[str, Array]


@dataclass(frozen=True)
class Conditional:
    """A language model whose initial state is h_0 = A encoder(x) + a; C_0, where there is one, is zero.

    features: size F of the condition x, an image flattened or a one-hot genre. code: size of the encoder
    tanh(P x + p), or 0 for the condition itself. lm: the language model.
    Parameters are a flat dict: P, p, A, a and "lm." before those of the language model.
    """

    features: int
    lm: LanguageModel
    code: int = 0

    def __post_init__(self) -> None:
        ops.check_own_sizes(self, "features")
        ops.check_own_sizes(self, "code", least=0)

    def init(self, rng: np.random.Generator, dtype: Any = np.float64) -> Arrays:
        """Return random parameters: P and A by Xavier's rule, p and a zero.

        rng: draws. dtype: of the parameters.
        """
        params, width = {}, self.features
        if self.code:
            params["P"], params["p"] = xavier((self.code, width), rng, dtype=dtype), np.zeros(self.code, dtype)
            width = self.code
        size = self.lm.layers * self.lm.H
        params["A"], params["a"] = xavier((size, width), rng, dtype=dtype), np.zeros(size, dtype)
        return {**params, **prefixed("lm.", self.lm.init(rng, dtype))}

    def encode(self, params: Arrays, x: Array) -> tuple[State, tuple]:
        """Return the initial state for conditions x (B, F), each part (L, B, H), and a cache.

        Equation: condition-state
        params: parameters by name.
        Raises ValueError when x has another shape.
        """
        if len(x.shape) != 2 or x.shape[1] != self.features:
            raise ValueError(f"x: got shape {tuple(x.shape)}, expected (B, F) with F = {self.features}")
        squashed = first = None
        x = ops.asarray_like(x, params["A"])
        if self.code:
            z, first = linear_forward(x, params["P"], params["p"])
            x = squashed = ops.tanh(z)
        h, second = linear_forward(x, params["A"], params["a"])
        h0 = ops.stack(ops.split(h, self.lm.layers))
        return (h0, *(0 * h0 for _ in self.lm.cell.state[1:])), (first, squashed, second)

    def encode_backward(self, dstate: State, cache: tuple) -> tuple[Array, Arrays]:
        """Return the gradient on the conditions x, and those of P, p, A, a, from that on the initial state.

        Equation: condition-state-backward
        dstate: the gradient on the final state, or None. cache: what the forward pass returned.
        """
        first, squashed, second = cache
        dcode, dA, da = linear_backward(ops.concat([dstate[0][k, ...] for k in range(self.lm.layers)]), second)
        if squashed is None:
            return dcode, {"A": dA, "a": da}
        dx, dP, dp = linear_backward((1 - squashed * squashed) * dcode, first)
        return dx, {"P": dP, "p": dp, "A": dA, "a": da}

    def forward(
        self, params: Arrays, x: Array, ids: Array, rng: np.random.Generator | None = None
    ) -> tuple[Array, tuple]:
        """Return logits (T, B, K) of the next symbol after each of ids (T, B), given x (B, F); and a cache.

        params: parameters by name. rng: draws.
        """
        state, encoded = self.encode(params, x)
        logits, _, cache = self.lm.forward(under("lm.", params), ids, state, rng=rng)
        return logits, (encoded, cache)

    def backward(self, dlogits: Array, cache: tuple) -> tuple[Array, Arrays]:
        """Return the gradient on the conditions x, and those of all parameters.

        dlogits: the gradient on the logits. cache: what the forward pass returned.
        """
        encoded, cache = cache
        dstate, below = self.lm.backward(dlogits, cache)
        dx, grads = self.encode_backward(dstate, encoded)
        return dx, {**grads, **prefixed("lm.", below)}

    def loss(
        self,
        params: Arrays,
        x: Array,
        ids: Array,
        targets: Array,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, int, Arrays]:
        """Return the sum of losses in nats, the number of tokens, the gradients of the mean.

        params: parameters by name. ids: integers (T, B). targets: integers. mask: booleans (T, B), or None. rng: draws.
        """
        logits, cache = self.forward(params, x, ids, rng)
        total, count, scored = cross_entropy(logits, targets, mask)
        return total, count, self.backward(cross_entropy_backward(scored, 1 / max(count, 1)), cache)[1]

    def score(
        self, params: Arrays, x: Array, ids: Array, targets: Array, mask: Array | None = None
    ) -> tuple[float, int]:
        """Return the sum of losses in nats and the number of tokens; no gradients.

        params: parameters by name. ids: integers (T, B). targets: integers. mask: booleans (T, B), or None.
        """
        logits, _ = self.forward(params, x, ids)
        total, count, _ = cross_entropy(logits, targets, mask)
        return float(total), count

    def step(self, params: Arrays, ids: Array, state: State) -> tuple[Array, State]:
        """Read one symbol per sequence; begin with the state of `encode`. For generation.

        params: parameters by name. ids: integers (T, B).
        """
        return self.lm.step(under("lm.", params), ids, state)

    def stepper(self, params: Arrays) -> Callable[[Array, State], tuple[Array, State]]:
        """Return step(ids, state) for many symbols in a row, see `LanguageModel.stepper`.

        params: parameters by name.
        """
        return self.lm.stepper(under("lm.", params))
