"""The front door: recurrent layers that own their parameters, three lines from arrays to gradients.

>>> import numpy as np
>>> import rnncore as rc
>>> layer = rc.LSTM(3, 5)
>>> ys, state = layer(np.ones((7, 2, 3)))
>>> ys.shape, layer.backward(np.ones_like(ys))[0].shape
((7, 2, 5), (7, 2, 3))

The layers of `rnncore.layers` are functions without a state, which training wants; these remember their last call.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import GRU as GRU_CELL
from rnncore.cells import LSTM as LSTM_CELL
from rnncore.cells import RELU_RNN
from rnncore.cells import RNN as RNN_CELL
from rnncore.layers import Recurrent
from rnncore.types import Array, Cell, State

__all__ = ["GRU", "LSTM", "RNN", "Layer"]


class Layer:
    """A recurrent layer of any cell, with its parameters: call it for a forward pass, then ask for the backward pass.

    layer: what is computed, sizes and directions (`rnncore.layers.Recurrent`). params: a dict of arrays that may be
    replaced or changed between calls.
    """

    def __init__(self, layer: Recurrent, params: dict[str, Array]) -> None:
        self.layer, self.params = layer, params
        self._cache: tuple | None = None

    @classmethod
    def of(cls, cell: Cell, D: int, H: int, *, seed: int = 0, dtype: Any = np.float64, **options: Any) -> Layer:
        """Return a layer with random parameters.

        cell: one of `rnncore.cells`, or your own. D: size of an input, H: number of units. seed: of the parameters.
        dtype: of the parameters, float32 or float64. options: those of `Recurrent`, such as layers=2,
        bidirectional=True, dropout=0.1, start="orthogonal", engine="reference".
        Raises TypeError or ValueError, naming the argument, for what is no size, rate or cell.

        >>> from rnncore.cells import CELLS
        >>> Layer.of(CELLS["gru-before"], 2, 3).params["W_l0"].shape
        (9, 3)
        """
        layer = Recurrent(cell, D, H, **options)
        return cls(layer, layer.init(np.random.default_rng(seed), dtype))

    def __call__(
        self,
        xs: Array,
        state: State | None = None,
        lengths: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> tuple[Array, State]:
        """Return ys (T, B, width) and the final state; each of its parts (layers * directions, B, H).

        xs: (T, B, D), of the parameters' library and dtype. state: the initial one, None for zeros. lengths: (B,)
        integers in 0..T, or None; what stands past them does not matter. rng: for dropout while training.
        Raises TypeError or ValueError, naming the argument, when dtypes, libraries or shapes do not fit.
        """
        ys, final, self._cache = self.layer.forward(self.params, xs, state, lengths, rng)
        return ys, final

    def backward(
        self, dys: Array, dstate: State | None = None, truncate: int | None = None
    ) -> tuple[Array, State, dict[str, Array]]:
        """Return dxs, the gradient on the initial state, and those of the parameters, by name, of the last call.

        dys: (T, B, width), the gradient on ys. dstate: that on the final state, or None. truncate: no gradient crosses
        so many steps. Raises RuntimeError before the first call, TypeError or ValueError for what does not fit.
        """
        if self._cache is None:
            raise RuntimeError("backward: got no forward pass, expected a call of the layer first")
        return self.layer.backward(dys, dstate, self._cache, truncate)

    def to(self, device: str) -> Layer:
        """Return the same layer with its parameters on a device: "cpu" for NumPy, "torch", "cuda".

        Raises RuntimeError when torch sees no such device.
        """
        moved = {name: ops.to_device(ops.to_numpy(p), device) for name, p in self.params.items()}
        return Layer(self.layer, moved)

    def state_dict(self) -> dict[str, Any]:
        """Return the parameters under the names of torch.nn, for `load_state_dict` of its module, as torch tensors."""
        from rnncore.torch import to_torch  # on request only

        return to_torch(self.layer, self.params)

    def load_state_dict(self, state_dict: Any) -> Layer:
        """Take the parameters of a torch.nn module, or of another layer's `state_dict`; return the layer.

        state_dict: tensors by their names in torch.nn. Raises ValueError for other sizes than this layer's.
        """
        from rnncore.torch import from_torch  # on request only

        params = from_torch(state_dict, "before" if self.layer.cell.name != "GRU" else "after")
        got, expected = ({name: tuple(p.shape) for name, p in some.items()} for some in (params, self.params))
        if got != expected:
            raise ValueError(f"state_dict: got shapes {got}, expected {expected}")
        self.params, self._cache = params, None
        return self

    def __repr__(self) -> str:
        layer = self.layer
        more = ", bidirectional" if layer.bidirectional else ""
        return f"{layer.cell.name}: D={layer.D}, H={layer.H}, layers={layer.layers}{more}"


def LSTM(D: int, H: int, **options: Any) -> Layer:
    """Return a long short-term memory layer, see `Layer.of`.

    D: size of an input. H: number of units. options: seed, dtype, layers, bidirectional, dropout and more.

    >>> LSTM(3, 5, layers=2)
    LSTM: D=3, H=5, layers=2
    """
    return Layer.of(LSTM_CELL, D, H, **options)


def GRU(D: int, H: int, **options: Any) -> Layer:
    """Return a gated recurrent layer, with the reset gate after the product as torch has it, see `Layer.of`.

    D: size of an input. H: number of units. options: seed, dtype, layers, bidirectional, dropout and more.

    >>> sorted(GRU(3, 5).params)
    ['V_l0', 'W_l0', 'b_l0', 'b_n_l0']
    """
    return Layer.of(GRU_CELL, D, H, **options)


def RNN(D: int, H: int, nonlinearity: str = "tanh", **options: Any) -> Layer:
    """Return a layer of the vanilla network, see `Layer.of`.

    D: size of an input. H: number of units. nonlinearity: "tanh" or "relu". options: seed, dtype, layers and more.
    Raises ValueError for another nonlinearity.

    >>> RNN(3, 5, bidirectional=True)(np.zeros((4, 2, 3)))[0].shape
    (4, 2, 10)
    """
    if nonlinearity not in ("tanh", "relu"):
        raise ValueError(f"nonlinearity: got {nonlinearity!r}, expected 'tanh' or 'relu'")
    return Layer.of(RNN_CELL if nonlinearity == "tanh" else RELU_RNN, D, H, **options)
