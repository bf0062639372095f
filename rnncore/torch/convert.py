"""Parameters of a recurrent layer to and from a state_dict of torch.nn.RNN, LSTM or GRU.

The gates stand in the same order on both sides, i f g o and r z n; the biases are what differs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import torch

from rnncore import ops
from rnncore.layers import Recurrent
from rnncore.types import Array

__all__ = ["from_torch", "to_torch"]


def to_torch(layer: Recurrent, params: Mapping[str, Array]) -> dict[str, torch.Tensor]:
    """Return a state_dict for the torch.nn module, or that of `rnncore.torch`, that computes what `layer` does with
    `params`.

    params: those of `Recurrent`, NumPy arrays. b becomes bias_ih, and bias_hh is zero but for the GRU's b_n.
    Tensors on the CPU, copies, with the dtype of the arrays.
    Raises ValueError when a name is missing or too many.
    """
    ends = ("", "_reverse") if layer.bidirectional else ("",)
    suffixes = [f"_l{k}{end}" for k in range(layer.layers) for end in ends]
    names = ("V", "W", "b", *layer.cell.own)
    expected = {name + suffix for suffix in suffixes for name in names}
    if set(params) != expected:
        raise ValueError(f"params: got {sorted(params)}, expected {sorted(expected)}")
    state_dict = {}
    for suffix in suffixes:
        V, W, b, *own = (ops.to_numpy(params[name + suffix]) for name in names)
        other = np.zeros_like(b)
        if own:
            other[2 * W.shape[1] :] = own[0]
        for name, array in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), (V, W, b, other)):
            state_dict[name + suffix] = torch.tensor(array)
    return state_dict


def from_torch(state_dict: Mapping[str, torch.Tensor], reset: str = "after") -> dict[str, np.ndarray]:
    """Return the parameters of `Recurrent`, NumPy arrays, from the state_dict of a torch.nn.RNN, LSTM or GRU.

    The two biases are summed, but for the last third of the GRU's bias_hh, which is b_n; biases that are missing are
    zero. from_torch(to_torch(layer, params)) equals params exactly. reset: "before" for a GRU of that kind, which has
    no b_n and which torch.nn does not know.
    A bfloat16, which NumPy does not have, becomes a float32, exactly.
    Raises ValueError for a key that is not of such a module, projections among them, for shapes or dtypes that are not
    of one layer, and for another reset.
    """
    if reset not in ("after", "before"):
        raise ValueError(f"reset: got {reset!r}, expected 'after' or 'before'")
    pattern = r"(weight_ih|weight_hh|bias_ih|bias_hh)(_l\d+(_reverse)?)"
    wrong = [key for key in state_dict if not re.fullmatch(pattern, key)]
    if wrong or not state_dict:
        raise ValueError(
            f"state_dict: got keys {wrong or 'none'}, expected weight_ih_l0 and the like, without a prefix"
        )
    params = {}
    for suffix in dict.fromkeys(key[key.index("_l") :] for key in state_dict):
        missing = [name + suffix for name in ("weight_ih", "weight_hh") if name + suffix not in state_dict]
        if missing:
            raise ValueError(f"state_dict: got no {' and no '.join(missing)}, expected both weights of every layer")
        V, W = (_copy(state_dict[name + suffix]) for name in ("weight_ih", "weight_hh"))
        if V.ndim != 2 or W.ndim != 2 or W.shape[1] < 1 or W.shape[0] % W.shape[1] or V.shape[0] != W.shape[0]:
            raise ValueError(
                f"state_dict: got weight_ih{suffix} {V.shape} and weight_hh{suffix} {W.shape}, "
                f"expected (G * H, D) and (G * H, H)"
            )
        none = np.zeros(V.shape[0], V.dtype)
        b, other = (_copy(state_dict.get(name + suffix, none)) for name in ("bias_ih", "bias_hh"))
        for name, array, shape in (
            ("weight_hh", W, W.shape),
            ("bias_ih", b, none.shape),
            ("bias_hh", other, none.shape),
        ):
            if array.shape != shape or array.dtype != V.dtype:
                raise ValueError(
                    f"state_dict: got {name}{suffix} {array.shape} of {array.dtype}, expected {shape} of {V.dtype}"
                )
        rows, H = W.shape
        gru = rows == 3 * H and reset == "after"
        n = 2 * H if gru else rows
        params.update({"V" + suffix: V, "W" + suffix: W, "b" + suffix: np.concatenate([b[:n] + other[:n], b[n:]])})
        if gru:
            params["b_n" + suffix] = other[n:]
    _check_layers(params)
    return params


def _check_layers(params: dict[str, np.ndarray]) -> None:
    """Check that all layers are there, of one H, kind and dtype, and that each reads what the one below gives."""
    first = params.get("W_l0")
    if first is None:
        raise ValueError(f"state_dict: got {sorted(params)}, expected a layer 0")
    two = "W_l0_reverse" in params
    layers = max(int(re.findall(r"_l(\d+)", name)[0]) for name in params) + 1
    for k in range(layers):
        for end in ("", "_reverse") if two else ("",):
            V, W = params.get(f"V_l{k}{end}"), params.get(f"W_l{k}{end}")
            if V is None or W is None:
                raise ValueError(f"state_dict: got no weight_ih_l{k}{end}, expected {layers} layers")
            D = (1 + two) * first.shape[1] if k else params["V_l0"].shape[1]
            if W.shape != first.shape or V.shape != (first.shape[0], D) or W.dtype != first.dtype:
                raise ValueError(
                    f"state_dict: got weight_ih_l{k}{end} {V.shape} and weight_hh_l{k}{end} {W.shape} of {W.dtype}, "
                    f"expected {(first.shape[0], D)} and {first.shape} of {first.dtype}"
                )
    if not two and any(name.endswith("_reverse") for name in params):
        raise ValueError("state_dict: got a backward direction in some layers, expected it in all or in none")


def _copy(array: Array) -> np.ndarray:
    if isinstance(array, torch.Tensor) and array.dtype == torch.bfloat16:
        array = array.float()
    return ops.to_numpy(array).copy()
