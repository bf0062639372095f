"""RNN, LSTM and GRU with the arguments, the calls and the state_dicts of torch.nn's."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from rnncore.cells import CELLS
from rnncore.layers import Recurrent
from rnncore.ops import check_own_sizes
from rnncore.torch.function import differentiable, numpy_generator

__all__ = ["GRU", "LSTM", "RNN"]

Hidden = Tensor | tuple[Tensor, Tensor]


class _Recurrent(torch.nn.Module):
    """What the three modules share. kind: a key of `rnncore.cells.CELLS`.

    The other arguments are torch.nn.LSTM's: sizes D = input_size, H = hidden_size, L = num_layers; dropout in [0, 1)
    between layers while training.
    Parameters, for each layer k and direction (suffix "_reverse" backward): weight_ih_lk (G*H, D), weight_hh_lk
    (G*H, H), and unless bias is False bias_ih_lk and bias_hh_lk (G*H,), in torch's order and drawn as torch draws them:
    the same torch.manual_seed gives the same module.
    """

    def __init__(
        self,
        kind: str,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        batch_first: bool,
        dropout: float,
        bidirectional: bool,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        self.kind, self.input_size, self.hidden_size, self.num_layers = kind, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout, self.bidirectional = bias, batch_first, dropout, bidirectional
        check_own_sizes(self, "input_size", "hidden_size", "num_layers")
        layer = self.layer
        rows = len(layer.cell.gates) * self.hidden_size
        for k, suffix in enumerate(self._suffixes()):
            width = self.input_size if k < layer.directions else layer.width
            shapes = {"weight_ih": (rows, width), "weight_hh": (rows, self.hidden_size)}
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            for name, shape in shapes.items():
                empty = torch.empty(shape, device=device, dtype=dtype)
                self.register_parameter(name + suffix, torch.nn.Parameter(empty))
        self.reset_parameters()

    @property
    def layer(self) -> Recurrent:
        """Return the layer of rnncore that does the work."""
        return Recurrent(
            CELLS[self.kind], self.input_size, self.hidden_size, self.num_layers, self.bidirectional, self.dropout
        )

    def reset_parameters(self) -> None:
        """Draw every parameter anew, uniform in (-1/sqrt(H), 1/sqrt(H))."""
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -(self.hidden_size**-0.5), self.hidden_size**-0.5)

    def forward(self, input: Tensor | PackedSequence, hx: Hidden | None = None):
        """Return (output, final state) of a sequence.

        input: (T, B, D), or (B, T, D) if batch_first, or (T, D) for one sequence, or a PackedSequence.
        hx: the initial state, zero if None: h_0, for the LSTM (h_0, C_0), each (L * directions, B, H), without B for
        one sequence. output: laid out as input, with directions * H in place of D. final state: laid out as hx, that
        of each sequence at its own length.
        Raises ValueError for a wrong shape, dtype or device and TypeError for what is no tensor, naming the argument.
        """
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        if not isinstance(input, Tensor):
            raise TypeError(f"input: got {type(input).__name__}, expected a tensor or a PackedSequence")
        if input.dim() not in (2, 3):
            layout = "(B, T, D)" if self.batch_first else "(T, B, D)"
            raise ValueError(f"input: got shape {tuple(input.shape)}, expected {layout} or (T, D)")
        self._check("input", input, (*input.shape[:-1], self.input_size))
        batched = input.dim() == 3
        xs = input if batched else input.unsqueeze(1)
        xs = xs.transpose(0, 1) if self.batch_first and batched else xs
        state = self._state(hx, xs.shape[1] if batched else None)
        ys, final = self._run(xs, state, None)
        if not batched:
            ys, final = ys.squeeze(1), tuple(part.squeeze(1) for part in final)
        elif self.batch_first:
            ys = ys.transpose(0, 1)
        return ys, _hidden(final)

    def extra_repr(self) -> str:
        """Return the arguments, for print."""
        names = ("kind", "num_layers", "bias", "batch_first", "dropout", "bidirectional")
        return f"{self.input_size}, {self.hidden_size}, " + ", ".join(f"{n}={getattr(self, n)!r}" for n in names)

    def _forward_packed(self, packed, hx):
        """Run with the longest sequence first, as it is packed; the caller's order holds for hx and the final state."""
        data, sizes, order, back = packed
        self._check("input.data", data, (data.shape[0], self.input_size))
        xs, lengths = pad_packed_sequence(PackedSequence(data, sizes))
        state = self._state(hx, xs.shape[1])
        if state is not None and order is not None:
            state = tuple(part.index_select(1, order) for part in state)
        whole = int(lengths[-1]) == xs.shape[0]
        ys, final = self._run(xs, state, None if whole else lengths)
        if back is not None:
            final = tuple(part.index_select(1, back) for part in final)
        output = PackedSequence(pack_padded_sequence(ys, lengths).data, sizes, order, back)
        return output, _hidden(final)

    def _run(self, xs, state, lengths):
        """Return ys and the final state. xs: (T, B, D), state: a tuple or None, lengths: on the CPU, or None."""
        layer = self.layer
        params = self._params()
        parts = layer.cell.state
        given = {} if state is None else dict(zip(parts, state))

        def forward(tensors):
            rng = numpy_generator() if self.training and self.dropout and self.num_layers > 1 else None
            state = tuple(tensors[part] for part in parts) if given else None
            inside = None if lengths is None else lengths.numpy()
            ys, final, cache = layer.forward(
                {name: tensors[name] for name in params}, tensors["xs"], state, inside, rng
            )
            return (ys, *final), cache

        def backward(doutputs, cache):
            dxs, dstate, grads = layer.backward(doutputs[0], doutputs[1:], cache)
            return {"xs": dxs, **dict(zip(parts, dstate)), **grads}

        ys, *final = differentiable(forward, backward, {"xs": xs, **given, **params})
        return ys, tuple(final)

    def _params(self) -> dict[str, Tensor]:
        """Return the parameters as `Recurrent` has them: one bias b; the GRU's b_n is the last third of bias_hh."""
        params, n = {}, 2 * self.hidden_size
        for suffix in self._suffixes():
            V, W = (getattr(self, name + suffix) for name in ("weight_ih", "weight_hh"))
            if self.bias:
                b, other = (getattr(self, name + suffix) for name in ("bias_ih", "bias_hh"))
            else:
                b = other = V.new_zeros(V.shape[0])
            params["V" + suffix], params["W" + suffix] = V, W
            if self.layer.cell.own:
                params["b" + suffix] = torch.cat([b[:n] + other[:n], b[n:]])
                params["b_n" + suffix] = other[n:]
            else:
                params["b" + suffix] = b + other
        return params

    def _suffixes(self) -> list[str]:
        ends = ("", "_reverse") if self.bidirectional else ("",)
        return [f"_l{k}{end}" for k in range(self.num_layers) for end in ends]

    def _state(self, hx, B: int | None) -> tuple[Tensor, ...] | None:
        """Return hx as a tuple of (L * directions, B, H), checked. B: None for one sequence without that axis."""
        if hx is None:
            return None
        names = [f"{name}_0" for name in self.layer.cell.state]
        parts = (hx,) if isinstance(hx, Tensor) else hx
        if (
            not isinstance(parts, tuple | list)
            or len(parts) != len(names)
            or isinstance(hx, Tensor) != (len(names) == 1)
        ):
            got = f"{len(parts)} parts" if isinstance(hx, tuple | list) else type(hx).__name__
            raise TypeError(f"hx: got {got}, expected {'a tensor h_0' if len(names) == 1 else 'a tuple (h_0, C_0)'}")
        count = len(self._suffixes())
        shape = (count, self.hidden_size) if B is None else (count, B, self.hidden_size)
        for name, part in zip(names, parts):
            self._check(f"hx, {name}", part, shape)
        return tuple(part.unsqueeze(1) for part in parts) if B is None else tuple(parts)

    def _check(self, name: str, tensor: Tensor, shape: tuple[int, ...]) -> None:
        """Check shape, device and, unless autocast will see to it, dtype."""
        weight = next(self.parameters())
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{name}: got {type(tensor).__name__}, expected a tensor")
        if tuple(tensor.shape) != shape:
            raise ValueError(f"{name}: got shape {tuple(tensor.shape)}, expected {shape}")
        if tensor.device != weight.device:
            raise ValueError(f"{name}: got device {tensor.device}, expected that of the parameters, {weight.device}")
        if tensor.dtype != weight.dtype and not torch.is_autocast_enabled(weight.device.type):
            raise ValueError(f"{name}: got dtype {tensor.dtype}, expected that of the parameters, {weight.dtype}")


def _hidden(state):
    """Return the state as torch.nn has it: a tensor alone where there is one part."""
    return state if len(state) > 1 else state[0]


class RNN(_Recurrent):
    """torch.nn.RNN with rnncore's gradients. nonlinearity: "tanh" or "relu". See `forward` for shapes and errors."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity: got {nonlinearity!r}, expected 'tanh' or 'relu'")
        kind = "rnn" if nonlinearity == "tanh" else "relu"
        super().__init__(
            kind, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype
        )


class LSTM(_Recurrent):
    """torch.nn.LSTM with rnncore's gradients; no projections. See `forward` for shapes and errors."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            "lstm", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype
        )


class GRU(_Recurrent):
    """torch.nn.GRU with rnncore's gradients. See `forward` for shapes and errors.

    reset: "after" the product by W, which is torch's GRU; or "before" it, W (r h). The latter has parameters of the
    same names and shapes, so a state_dict of torch.nn.GRU loads, but they mean another function.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        reset: str = "after",
        *,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if reset not in ("after", "before"):
            raise ValueError(f"reset: got {reset!r}, expected 'after' or 'before'")
        kind = "gru" if reset == "after" else "gru-before"
        super().__init__(
            kind, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype
        )
