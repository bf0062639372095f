"""Generation, one symbol at a time, with nothing allocated from one to the next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnncore import ops
from rnncore.engines import step_engine
from rnncore.layers.recurrent import Recurrent
from rnncore.types import Array, State

__all__ = ["Stepper", "stepper"]

Arrays = dict[str, Array]
TABLE = 2**21
"""The most entries of a table of V x for every symbol."""


def stepper(rnn: Recurrent, params: Arrays, E: Array, U: Array, c: Array) -> Stepper | None:
    """Return a `Stepper` for these weights, or None where the compiled engine cannot be used.

    params: those of `rnn`, which reads in one direction. E: (inputs, D), U: (K, H), c: (K,).
    Raises ValueError for a bidirectional layer, which cannot be stepped.
    """
    if rnn.bidirectional:
        raise ValueError("rnn: got a bidirectional layer, expected one that reads forward only")
    make = step_engine(rnn.cell, (E, U, c, *params.values()))
    return None if make is None else Stepper(rnn, params, E, U, c, *make)


class Stepper:
    """step(ids, state) -> (logits, state) as the samplers of `rnncore.models.decode` want it, over its own buffers.

    ids: (B,) integers. state: each part (L, B, H). What it returns is written over by its next call; a state that it
    did not return is read and left as it is. The weights are copied when it is made.
    """

    def __init__(
        self, rnn: Recurrent, params: Arrays, E: Array, U: Array, c: Array, layer: Callable, product: Callable
    ):
        self._rnn, self._params, self._layer = rnn, params, layer
        self._E, self._like = ops.to_numpy(E), E
        self._c, self._read = ops.to_numpy(c), product(U)
        weights = [rnn.weights(params, k) for k in range(rnn.layers)]
        self._weights, self._products = weights, [product(part.V) for part in weights]
        self._table = len(self._E) * len(weights[0].V) <= TABLE
        if self._table:
            self._E = self._E @ ops.to_numpy(weights[0].V).T
        self._B = -1

    def __call__(self, ids: Array, state: State) -> tuple[Array, State]:
        given = np.asarray(ops.to_numpy(ids))
        ops.check_ids("ids", given, len(self._E))
        if len(given) != self._B:
            self._make(len(given))
        if state is not self._shown:
            self._take(state)
        for k, (layer, product) in enumerate(zip(self._layers, self._products)):
            if k or not self._table:
                product(self._state[0][k - 1] if k else np.take(self._E, given, 0, self._x, "clip"), layer.inputs)
            else:
                np.take(self._E, given, 0, layer.inputs, "clip")  # "raise" would go through a copy
            layer([part[k] for part in self._state])
        self._read(self._state[0][-1], self._logits)
        self._logits += self._c
        return self._output, self._shown

    def _make(self, B: int) -> None:
        """Make buffers for B sequences."""
        rnn, dtype = self._rnn, self._E.dtype
        self._B, self._layers = B, [self._layer(rnn.cell, part, B) for part in self._weights]
        self._x, self._logits = np.empty((B, rnn.D), dtype), np.empty((B, len(self._c)), dtype)
        self._state = tuple(np.empty((rnn.layers, B, rnn.H), dtype) for _ in rnn.cell.state)
        self._output, *shown = (ops.asarray_like(x, self._like) for x in (self._logits, *self._state))
        self._shown = tuple(shown)

    def _take(self, state: State) -> None:
        for name, mine, part in zip(self._rnn.cell.state, self._state, state, strict=True):
            if tuple(part.shape) != mine.shape:
                raise ValueError(f"{name}: got shape {tuple(part.shape)}, expected (L, B, H) = {mine.shape}")
            mine[:] = ops.to_numpy(part)
