"""A recurrent layer: a cell along time, in one direction or both, in one layer or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.engines import run, run_backward
from rnncore.layers.dropout import dropout_backward, dropout_forward
from rnncore.layers.init import forget_bias, gated_orthogonal, identity, uniform, xavier
from rnncore.types import Array, Cell, Params, State

__all__ = ["Recurrent", "init_recurrent", "reverse", "zero_state"]

Arrays = dict[str, Array]


@dataclass(frozen=True)
class Recurrent:
    """L layers of a cell with H units over inputs of size D, each read forward, or forward and backward in time.

    start: how parameters begin, see `init_recurrent`.
    engine, checkpoint: how it is run, see `rnncore.engines.run`.
    dropout: rate between layers, as in torch.nn.LSTM; variational: one dropout mask for all times.
    Parameters are a flat dict: V_l0, W_l0, b_l0 and the cell's own, for each layer, then V_l0_reverse and so on.
    A state's parts have shape (L * directions, B, H): layer 0 forward, layer 0 backward, layer 1 forward, and so on.
    """

    cell: Cell
    D: int
    H: int
    layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0
    variational: bool = False
    start: str = "uniform"
    engine: str = "auto"
    checkpoint: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.cell, Cell):
            raise TypeError(f"cell: got {self.cell!r}, expected a Cell, such as one of rnncore.cells")
        ops.check_own_sizes(self, "D", "H", "layers")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout: got {self.dropout}, expected 0 <= dropout < 1")

    @property
    def directions(self) -> int:
        """Return 1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def width(self) -> int:
        """Return the size of the output at each time: H, or 2 H with both directions side by side."""
        return self.directions * self.H

    def init(self, rng: np.random.Generator, dtype: Any = np.float64) -> Arrays:
        """Return random parameters, each set as `init_recurrent` makes it.

        rng: draws. dtype: of the result, floating.
        """
        params: Arrays = {}
        for k in range(self.layers * self.directions):
            D = self.D if k < self.directions else self.width
            self._put(params, k, init_recurrent(self.cell, D, self.H, rng, dtype, self.start))
        return params

    def zero_state(self, B: int, like: Array) -> State:
        """Return the initial state of zeros, each part (L * directions, B, H), like `like` in library, dtype and
        device.

        cell: whose state is meant.
        """
        (B,) = ops.check_sizes(0, B=B)
        shape = (self.layers * self.directions, B, self.H)
        return tuple(ops.zeros(shape, like) for _ in self.cell.state)

    def forward(
        self,
        params: Arrays,
        xs: Array,
        state: State | None = None,
        lengths: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, State, tuple]:
        """Run all layers. xs: (T, B, D). lengths: (B,) in 0..T or None. rng: for dropout; None outside training.

        Equation: recurrent-stack
        The backward direction starts at each sequence's own end. Past its length a sequence's output repeats its last
        valid one; what xs holds there does not matter, not even NaN.
        Returns ys (T, B, width), read-only as a NumPy array, the final state (each part (L * directions, B, H)), and a
        cache. All are of the one dtype of params and xs.
        Raises TypeError or ValueError, naming the argument, when names, dtypes, libraries or shapes do not fit.
        """
        self._check_inputs(params, xs)
        T, B = xs.shape[:2]
        state = self.zero_state(B, params["W_l0"]) if state is None else self._checked("", state, B)
        finals, caches = [], []
        for layer in range(self.layers):
            mask = None
            if layer:
                xs, mask = dropout_forward(xs, self.dropout, rng, self.variational)
            outputs = []
            for direction in range(self.directions):
                k = layer * self.directions + direction
                begin = tuple(part[k, ...] for part in state)
                x = reverse(xs, lengths) if direction else xs
                weights = self.weights(params, k)
                hs, final, cache = run(
                    self.cell, x, begin, weights, lengths, engine=self.engine, checkpoint=self.checkpoint
                )
                outputs.append(reverse(hs, lengths) if direction else hs)
                finals.append(final)
                caches.append((cache, mask))
            xs = outputs[0] if len(outputs) == 1 else ops.concat(outputs)
        final = tuple(ops.stack([f[part] for f in finals]) for part in range(len(self.cell.state)))
        return ops.read_only(xs), final, (caches, lengths, (T, B))

    def backward(
        self, dys: Array, dstate: State | None, cache: tuple, truncate: int | None = None
    ) -> tuple[Array, State, Arrays]:
        """Run the backward pass. dys: (T, B, width), dstate: as the final state, or None.

        cache: what `forward` returned. truncate: no gradient crosses so many steps, see `rnncore.scan.scan_backward`.
        Returns dxs (T, B, D), the gradient on the initial state, and the gradients of the parameters.
        Raises TypeError or ValueError, naming the argument, when dtypes, libraries or shapes do not fit.
        """
        caches, lengths, (T, B) = cache
        if tuple(dys.shape) != (T, B, self.width):
            raise ValueError(f"dys: got shape {tuple(dys.shape)}, expected (T, B, width) = {(T, B, self.width)}")
        dstate = None if dstate is None else self._checked("d", dstate, B)
        grads: Arrays = {}
        begins: list[State] = [()] * len(caches)
        for layer in range(self.layers - 1, -1, -1):
            parts = ops.split(dys, self.directions)
            total = None
            for direction in range(self.directions):
                k = layer * self.directions + direction
                d = None if dstate is None else tuple(part[k, ...] for part in dstate)
                dhs = reverse(parts[direction], lengths) if direction else parts[direction]
                dxs, begins[k], dparams = run_backward(self.cell, dhs, d, caches[k][0], truncate)
                dxs = reverse(dxs, lengths) if direction else dxs
                total = dxs if total is None else total + dxs
                self._put(grads, k, dparams)
            dys = dropout_backward(total, caches[layer * self.directions][1])
        return dys, tuple(ops.stack([b[part] for b in begins]) for part in range(len(self.cell.state))), grads

    def _names(self, k: int) -> tuple[str, ...]:
        suffix = f"_l{k // self.directions}" + ("_reverse" if k % self.directions else "")
        return tuple(name + suffix for name in ("V", "W", "b", *self.cell.own))

    def weights(self, params: Arrays, k: int) -> Params:
        """Return the weights of layer k; with both directions, of layer k // 2, forward for an even k.

        params: the flat dict of the layer.
        """
        V, W, b, *own = (params[name] for name in self._names(k))
        return Params(V, W, b, tuple(own))

    def _put(self, target: Arrays, k: int, params: Params) -> None:
        target.update(zip(self._names(k), (*params[:3], *params.own)))

    def _check_inputs(self, params: Arrays, xs: Array) -> None:
        names = [name for k in range(self.layers * self.directions) for name in self._names(k)]
        if missing := [name for name in names if name not in params]:
            raise ValueError(f"params: got no {missing}, expected arrays named {names}")
        ops.check_floating(xs=xs, **{name: params[name] for name in names})
        if len(xs.shape) != 3 or xs.shape[2] != self.D:
            raise ValueError(f"xs: got shape {tuple(xs.shape)}, expected (T, B, D) with D={self.D}")

    def _checked(self, prefix: str, state: State, B: int) -> State:
        expected = (self.layers * self.directions, B, self.H)
        if len(state) != len(self.cell.state):
            raise ValueError(f"{prefix}state: got {len(state)} arrays, expected {self.cell.state}, each {expected}")
        for name, part in zip(self.cell.state, state):
            if tuple(part.shape) != expected:
                shape = tuple(part.shape)
                raise ValueError(f"{prefix}{name}: got shape {shape}, expected (L * directions, B, H) = {expected}")
        return state


def init_recurrent(
    cell: Cell, D: int, H: int, rng: np.random.Generator, dtype: Any = np.float64, start: str = "uniform"
) -> Params:
    """Return random parameters: NumPy arrays V (G*H, D), W (G*H, H), b (G*H,) and the cell's own, each (H,).

    start: "uniform", every entry in (-1/sqrt(H), 1/sqrt(H)), as torch.nn.RNN draws them; or "orthogonal", W orthogonal
    gate by gate, V by Xavier's rule gate by gate, b zero but for a forget gate's 1, the cell's own zero;
    or "identity", the same with W = I for every gate.
    cell: whose gates are meant. rng: draws. dtype: of the result, floating.
    Raises ValueError for another start, or for D or H below 1.
    """
    D, H = ops.check_sizes(D=D, H=H)
    G = len(cell.gates)
    if start == "uniform":
        V, W, b = (uniform(shape, rng, H**-0.5, dtype) for shape in [(G * H, D), (G * H, H), (G * H,)])
        return Params(V, W, b, tuple(uniform((H,), rng, H**-0.5, dtype) for _ in cell.own))
    if start not in {"orthogonal", "identity"}:
        raise ValueError(f"start: got {start!r}, expected 'uniform', 'orthogonal' or 'identity'")
    V = np.concatenate([xavier((H, D), rng, dtype=dtype) for _ in range(G)])
    W = gated_orthogonal(H, G, rng, dtype) if start == "orthogonal" else np.concatenate([identity(H, dtype=dtype)] * G)
    b = np.zeros(G * H, dtype)
    return Params(V, W, forget_bias(cell, b) if "f" in cell.gates else b, tuple(np.zeros(H, dtype) for _ in cell.own))


def zero_state(cell: Cell, B: int, H: int, like: Array) -> State:
    """Return the initial state of one layer: zeros, each part (B, H), with the library, dtype and device of `like`.

    cell: whose state is meant.
    """
    shape = (*ops.check_sizes(0, B=B), *ops.check_sizes(H=H))
    return tuple(ops.zeros(shape, like) for _ in cell.state)


def reverse(xs: Array, lengths: Array | None = None) -> Array:
    """Turn each sequence round, from its own end to its start: (T, B, D).

    What stands past the length stays where it is.
    Its own inverse, and its own transpose: the gradient goes back by the same function.

    >>> reverse(np.arange(3.0).reshape(3, 1, 1), np.array([2]))[:, 0, 0]
    array([1., 0., 2.])

    Raises TypeError or ValueError when xs has another rank, or lengths are no (B,) integers in 0..T.
    """
    xp = ops.namespace(xs)
    if len(xs.shape) != 3:
        raise ValueError(f"xs: got shape {tuple(xs.shape)}, expected (T, B, D)")
    if lengths is None:
        return xp.flip(xs, axis=0)
    T, B, D = xs.shape
    ops.check_ids("lengths", lengths, T + 1)
    if tuple(lengths.shape) != (B,):
        raise ValueError(f"lengths: got shape {tuple(lengths.shape)}, expected (B,) = {(B,)}")
    t = ops.asarray_like(np.arange(T), xs)[:, None]
    ends = ops.asarray_like(lengths, xs)[None, :]
    source = xp.where(t < ends, ends - 1 - t, t) * B + ops.asarray_like(np.arange(B), xs)[None, :]
    return xp.reshape(xp.take(xp.reshape(xs, (T * B, D)), xp.reshape(source, (-1,)), axis=0), (T, B, D))
