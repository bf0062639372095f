"""Many to many, not aligned: one network reads, another writes, with or without attention between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import GRU
from rnncore.layers import (
    Recurrent,
    additive_attention,
    additive_attention_backward,
    cross_entropy,
    cross_entropy_backward,
    dot_attention,
    dot_attention_backward,
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
    xavier,
)
from rnncore.types import Array, Cell, State

__all__ = ["Seq2Seq"]

Arrays = dict[str, Array]


@dataclass(frozen=True)
class Seq2Seq:
    """log P(y | x) = sum_t log softmax(U o_t + c)[y_t], o_t = tanh(O [h_t; context_t] + o).

    The encoder reads x from both ends; the decoder begins at h_0 = tanh(B [last states] + d), with C_0 = 0 where there
    is one, and reads y_0 .. y_{t-1}. attention: None, "dot" or "additive".
    sources, targets: sizes of the vocabularies, BOS included. D: size of the embeddings. H: units, of the encoder each
    way. tied: U is the target embedding; o_t then has size D.
    Parameters are a flat dict: S, Y (embeddings), "enc." and "dec." before those of `Recurrent`, B, d, K (for
    attention), k, Q, v (for the additive one), O, o, U (unless tied), c.
    """

    sources: int
    targets: int
    D: int
    H: int
    cell: Cell = field(default=GRU)
    layers: int = 1
    attention: str | None = "dot"
    dropout: float = 0.0
    tied: bool = False
    start: str = "uniform"

    def __post_init__(self) -> None:
        ops.check_own_sizes(self, "sources", "targets", "D", "H", "layers")
        if self.attention not in (None, "dot", "additive"):
            raise ValueError(f"attention: got {self.attention!r}, expected None, 'dot' or 'additive'")

    @property
    def encoder(self) -> Recurrent:
        """Return the network that reads."""
        return Recurrent(self.cell, self.D, self.H, self.layers, True, self.dropout, start=self.start)

    @property
    def decoder(self) -> Recurrent:
        """Return the network that writes."""
        return Recurrent(self.cell, self.D, self.H, self.layers, False, self.dropout, start=self.start)

    def init(self, rng: np.random.Generator, dtype: Any = np.float64) -> Arrays:
        """Return random parameters: embeddings normal with deviation D^-1/2, matrices by Xavier's rule, biases zero.

        rng: draws. dtype: of the parameters.
        """
        D, H, M, out = self.D, self.H, 2 * self.H, self.D if self.tied else self.H
        params = {
            "S": (D**-0.5 * rng.normal(size=(self.sources, D))).astype(dtype),
            "Y": (D**-0.5 * rng.normal(size=(self.targets, D))).astype(dtype),
            **prefixed("enc.", self.encoder.init(rng, dtype)),
            **prefixed("dec.", self.decoder.init(rng, dtype)),
            "B": xavier((self.layers * H, M), rng, dtype=dtype),
            "d": np.zeros(self.layers * H, dtype),
        }
        if self.attention:
            params["K"] = xavier((H, M), rng, dtype=dtype)
        if self.attention == "additive":
            params.update(
                Q=xavier((H, H), rng, dtype=dtype), k=np.zeros(H, dtype), v=uniform((H,), rng, H**-0.5, dtype)
            )
        width = H + (M if self.attention else 0)
        params.update(O=xavier((out, width), rng, dtype=dtype), o=np.zeros(out, dtype))
        if not self.tied:
            params["U"] = xavier((self.targets, out), rng, dtype=dtype)
        return {**params, "c": np.zeros(self.targets, dtype)}

    def encode(
        self, params: Arrays, src: Array, lengths: Array, rng: np.random.Generator | None = None
    ) -> tuple[State, tuple]:
        """Read sources src (Ts, B) of lengths (B,). Returns the decoder's whole state, and a cache.

        Equation: encoder-bridge
        The state is that of the recurrent decoder, followed, for attention, by keys (Ts, B, H), values (Ts, B, 2H) and
        mask (Ts, B); every part has the sequences along axis 1, as `rnncore.models.beam` wants it.
        params: parameters by name. rng: draws.
        """
        x, embedded = embedding_forward(src, params["S"])
        x, before = dropout_forward(x, self.dropout, rng)
        hs, (h, *_), scanned = self.encoder.forward(under("enc.", params), x, None, lengths, rng)
        last = ops.concat([h[-2, ...], h[-1, ...]])
        z, bridged = linear_forward(last, params["B"], params["d"])
        z = ops.tanh(z)
        h0 = ops.stack(ops.split(z, self.layers))
        state, keyed = (h0, *(0 * h0 for _ in self.cell.state[1:])), None
        if self.attention:
            keys, keyed = linear_forward(hs, params["K"], self._key_bias(params))
            state = (*state, keys, hs, ops.asarray_like(valid_steps(ops.to_numpy(lengths), src.shape[0]), hs))
        return state, (embedded, before, scanned, tuple(hs.shape), tuple(h.shape), bridged, z, keyed)

    def decode(
        self, params: Arrays, ids: Array, state: State, rng: np.random.Generator | None = None
    ) -> tuple[Array, State, tuple]:
        """Return logits (Tt, B, K) after each of ids (Tt, B), the new state, and a cache.

        Equation: decoder-readout
        params: parameters by name. rng: draws.
        """
        n = len(self.cell.state)
        y, embedded = embedding_forward(ids, params["Y"])
        y, before = dropout_forward(y, self.dropout, rng)
        hs, new, scanned = self.decoder.forward(under("dec.", params), y, state[:n], None, rng)
        context, attended = None, None
        if self.attention:
            context, attended = self._attend(params, hs, *state[n:])
        o, combined = linear_forward(hs if context is None else ops.concat([hs, context]), params["O"], params["o"])
        o = ops.tanh(o)
        dropped, after = dropout_forward(o, self.dropout, rng)
        logits, read = linear_forward(dropped, params["Y"] if self.tied else params["U"], params["c"])
        return logits, (*new, *state[n:]), (embedded, before, scanned, attended, combined, o, after, read)

    def forward(
        self, params: Arrays, src: Array, lengths: Array, ids: Array, rng: np.random.Generator | None = None
    ) -> tuple[Array, tuple]:
        """Return logits (Tt, B, K) of the next symbol after each of ids (Tt, B), given src (teacher forcing); and a
        cache.

        params: parameters by name. lengths: (B,) integers in 0..T, or None. rng: draws.
        """
        state, encoded = self.encode(params, src, lengths, rng)
        logits, _, decoded = self.decode(params, ids, state, rng)
        return logits, (encoded, decoded)

    def backward(self, dlogits: Array, cache: tuple) -> tuple[None, Arrays]:
        """Return None, because symbols have no gradient, and those of all parameters; dlogits (Tt, B, K), zero at
        padding.

        cache: what the forward pass returned.
        """
        encoded, (embedded, before, scanned, attended, combined, o, after, read) = cache
        ddropped, dU, dc = linear_backward(dlogits, read)
        dhs, dO, do = linear_backward((1 - o * o) * dropout_backward(ddropped, after), combined)
        grads: Arrays = {"O": dO, "o": do, "c": dc}
        dkeys = dvalues = None
        if self.attention:
            dhs, dcontext = dhs[..., : self.H], dhs[..., self.H :]
            dq, dkeys, dvalues = self._attend_backward(dcontext, attended, grads)
            dhs = dhs + dq
        dy, dstate, d = self.decoder.backward(dhs, None, scanned)
        dY = embedding_backward(dropout_backward(dy, before), embedded)
        grads.update(prefixed("dec.", d), Y=dY + dU if self.tied else dY)
        if not self.tied:
            grads["U"] = dU
        return None, {**grads, **self._encode_backward(dstate, dkeys, dvalues, encoded)}

    def loss(
        self,
        params: Arrays,
        src: Array,
        lengths: Array,
        ids: Array,
        targets: Array,
        mask: Array,
        rng: np.random.Generator | None = None,
        smoothing: float = 0.0,
    ) -> tuple[Array, int, Arrays]:
        """Return the sum of losses in nats, the number of tokens, the gradients of the mean, label-smoothed if
        asked.

        params: parameters by name. src: integers (Ts, B). lengths: (B,) integers in 0..T, or None. ids: integers (T,
        B). mask: booleans (T, B), or None. rng: draws. smoothing: of labels.
        """
        logits, cache = self.forward(params, src, lengths, ids, rng)
        total, count, scored = cross_entropy(logits, targets, mask)
        return total, count, self.backward(cross_entropy_backward(scored, 1 / max(count, 1), smoothing), cache)[1]

    def score(
        self, params: Arrays, src: Array, lengths: Array, ids: Array, targets: Array, mask: Array
    ) -> tuple[float, int]:
        """Return the sum of losses in nats and the number of tokens; no gradients.

        params: parameters by name. src: integers (Ts, B). lengths: (B,) integers in 0..T, or None. ids: integers (T,
        B). mask: booleans (T, B), or None.
        """
        total, count, _ = cross_entropy(self.forward(params, src, lengths, ids)[0], targets, mask)
        return float(total), count

    def step(self, params: Arrays, ids: Array, state: State) -> tuple[Array, State]:
        """Read one symbol per sequence; begin with the state of `encode`. For generation.

        params: parameters by name. ids: integers (T, B).
        """
        logits, state, _ = self.decode(params, ids[None], state)
        return logits[0, ...], state

    def _key_bias(self, params):
        """Return the bias of additive scores, or zeros.

        In dot scores a bias of the keys would be the same for all keys: no effect.
        """
        return params["k"] if self.attention == "additive" else ops.zeros((self.H,), params["K"])

    def _attend(self, params, hs, keys, values, mask):
        if self.attention == "dot":
            context, _, cache = dot_attention(hs, keys, values, mask, self.H**-0.5)
            return context, cache
        q, mapped = linear_forward(hs, params["Q"], 0 * params["k"])
        context, _, cache = additive_attention(q, keys, values, mask, params["v"])
        return context, (mapped, cache)

    def _attend_backward(self, dcontext, cache, grads):
        if self.attention == "dot":
            return dot_attention_backward(dcontext, cache)
        mapped, cache = cache
        dq, dkeys, dvalues, grads["v"] = additive_attention_backward(dcontext, cache)
        dhs, grads["Q"], _ = linear_backward(dq, mapped)
        return dhs, dkeys, dvalues

    def _encode_backward(self, dstate, dkeys, dvalues, cache):
        embedded, before, scanned, shape, h_shape, bridged, z, keyed = cache
        dz = ops.concat([dstate[0][k, ...] for k in range(self.layers)])
        dlast, dB, dd = linear_backward((1 - z * z) * dz, bridged)
        grads = {"B": dB, "d": dd}
        dhs = ops.zeros(shape, dz)
        if dkeys is not None:
            dhs, grads["K"], dk = linear_backward(dkeys, keyed)
            if self.attention == "additive":
                grads["k"] = dk
            dhs = dhs + dvalues
        forward, backward = ops.split(dlast, 2)
        lower = [0 * forward] * (h_shape[0] - 2)
        dh = ops.stack([*lower, forward, backward])
        dx, _, d = self.encoder.backward(dhs, (dh, *(0 * dh for _ in self.cell.state[1:])), scanned)
        return {**grads, "S": embedding_backward(dropout_backward(dx, before), embedded), **prefixed("enc.", d)}
