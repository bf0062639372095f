"""Many to many, aligned: a tag for every word, from both sides and from the word's own letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import LSTM
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
    under,
    uniform,
    valid_steps,
)
from rnncore.types import Array, Cell

__all__ = ["Tagger"]

Arrays = dict[str, Array]


@dataclass(frozen=True)
class Tagger:
    """scores_t = U h_t + c, where h_t has read the sentence from both ends (or from the left, if not bidirectional).

    words: number of words in the vocabulary, K: number of tags, D: size of a word's embedding, H: units each way.
    chars: number of characters, or 0 for none; then each word is also read letter by letter, from both ends, by a
    network with Hc units each way over embeddings of size Dc, and its two last states stand beside the embedding.
    Parameters are a flat dict: E, F (characters), "char." and "rnn." before those of `Recurrent`, U, c.
    """

    words: int
    K: int
    D: int
    H: int
    chars: int = 0
    Dc: int = 32
    Hc: int = 64
    cell: Cell = field(default=LSTM)
    layers: int = 1
    bidirectional: bool = True
    dropout: float = 0.0
    start: str = "uniform"

    def __post_init__(self) -> None:
        ops.check_own_sizes(self, "words", "K", "D", "H", "Dc", "Hc", "layers")
        ops.check_own_sizes(self, "chars", least=0)

    @property
    def rnn(self) -> Recurrent:
        """Return the network over words."""
        D = self.D + (2 * self.Hc if self.chars else 0)
        return Recurrent(self.cell, D, self.H, self.layers, self.bidirectional, self.dropout, start=self.start)

    @property
    def speller(self) -> Recurrent:
        """Return the network over the letters of a word."""
        return Recurrent(self.cell, self.Dc, self.Hc, bidirectional=True, start=self.start)

    def init(self, rng: np.random.Generator, dtype: Any = np.float64) -> Arrays:
        """Return random parameters: embeddings normal with deviation 0.1, U uniform, c zero.

        rng: draws. dtype: of the parameters.
        """
        params = {"E": (0.1 * rng.normal(size=(self.words, self.D))).astype(dtype)}
        if self.chars:
            params["F"] = (0.1 * rng.normal(size=(self.chars, self.Dc))).astype(dtype)
            params.update(prefixed("char.", self.speller.init(rng, dtype)))
        M = self.rnn.width
        params.update(prefixed("rnn.", self.rnn.init(rng, dtype)))
        return {**params, "U": uniform((self.K, M), rng, M**-0.5, dtype), "c": np.zeros(self.K, dtype)}

    def forward(
        self,
        params: Arrays,
        ids: Array,
        lengths: Array | None = None,
        spelling: tuple[Array, Array, Array] | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, tuple]:
        """Return scores (T, B, K), and a cache. ids: (T, B) words, lengths: (B,).

        spelling: (letters (Tc, N), their lengths (N,), which (T, B)): the N different words of the batch, letter by
        letter, and which of them stands at each place. Needed if and only if chars is not 0.
        params: parameters by name. rng: draws.
        Raises ValueError when spelling is missing or not asked for.
        """
        if bool(self.chars) != (spelling is not None):
            raise ValueError(
                f"spelling: got {'none' if spelling is None else 'one'}, expected the opposite for chars={self.chars}"
            )
        x, embedded = embedding_forward(ids, params["E"])
        spelt = None
        if spelling is not None:
            letters, ends, which = spelling
            f, looked_up = embedding_forward(letters, params["F"])
            hs, (h, *_), read = self.speller.forward(under("char.", params), f, None, ends, rng)
            word = ops.concat([h[0, ...], h[1, ...]])
            x = ops.concat([x, ops.take_rows(word, which)])
            spelt = (looked_up, read, which, tuple(hs.shape), tuple(word.shape))
        x, before = dropout_forward(x, self.dropout, rng)
        hs, _, scanned = self.rnn.forward(under("rnn.", params), x, None, lengths, rng)
        hs, after = dropout_forward(hs, self.dropout, rng)
        scores, out = linear_forward(hs, params["U"], params["c"])
        return scores, (embedded, spelt, before, scanned, after, out)

    def backward(self, dscores: Array, cache: tuple) -> tuple[None, Arrays]:
        """Return None, because symbols have no gradient, and those of all parameters; dscores (T, B, K), zero at
        padding.

        cache: what the forward pass returned.
        """
        embedded, spelt, before, scanned, after, out = cache
        dhs, dU, dc = linear_backward(dscores, out)
        dx, _, d = self.rnn.backward(dropout_backward(dhs, after), None, scanned)
        dx = dropout_backward(dx, before)
        grads = {"E": embedding_backward(dx[..., : self.D], embedded), **prefixed("rnn.", d), "U": dU, "c": dc}
        if spelt is None:
            return None, grads
        looked_up, read, which, shape, (N, width) = spelt
        flat = ops.namespace(dx).reshape(dx[..., self.D :], (-1, width))
        dword = ops.add_rows(flat, ops.namespace(dx).reshape(ops.asarray_like(which, dx), (-1,)), N)
        dh = ops.stack(ops.split(dword, 2))
        dstate = (dh, *(0 * dh for _ in self.cell.state[1:]))
        df, _, d = self.speller.backward(ops.zeros(shape, dh), dstate, read)
        return None, {**grads, "F": embedding_backward(df, looked_up), **prefixed("char.", d)}

    def loss(
        self,
        params: Arrays,
        ids: Array,
        tags: Array,
        lengths: Array,
        spelling: tuple | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, int, Arrays]:
        """Return the sum of cross-entropies of the tags in nats, the number of words, the gradients of the mean.

        params: parameters by name. ids: integers (T, B). lengths: (B,) integers in 0..T, or None. spelling: as in
        `forward`. rng: draws.
        """
        scores, cache = self.forward(params, ids, lengths, spelling, rng)
        total, count, scored = cross_entropy(scores, tags, valid_steps(lengths, ids.shape[0]))
        return total, count, self.backward(cross_entropy_backward(scored, 1 / max(count, 1)), cache)[1]
