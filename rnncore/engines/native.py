"""Torch's own recurrent layers as an engine: cuDNN on a GPU, torch's loops on a CPU, for the cells they know.

The equations are torch's here, not `rnncore.cells`'; a test pins the two together.
"""

from __future__ import annotations

import itertools
import warnings
from functools import cache
from typing import Any, NamedTuple

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnncore import ops
from rnncore.cells import GRU, LSTM, RELU_RNN, RNN
from rnncore.engines.record import Engine, dtype_of
from rnncore.scan import check_backward, check_scan
from rnncore.types import Array, Cell, Params, State

__all__ = ["ENGINE", "NativeCache", "native_scan", "native_scan_backward", "obstacle"]

LAYERS = {RNN: "RNN_TANH", RELU_RNN: "RNN_RELU", LSTM: "LSTM", GRU: "GRU"}
DTYPES = ("float64", "float32", "bfloat16", "float16")


class NativeCache(NamedTuple):
    """What `native_scan` leaves for the backward pass: its arguments as leaves of autograd's graph, and its end.

    versions: how often the outputs had been written to; they share their memory with what was returned.
    """

    leaves: tuple[torch.Tensor, ...]
    lengths: Array | None
    outputs: tuple[torch.Tensor, ...]
    versions: tuple[int, ...]
    engine: str = "native"


def obstacle(cell: Cell, dtype: str) -> str | None:
    """Return why torch has no layer for this, or None.

    cell: that is driven. dtype: its name, or NumPy's.
    """
    if cell not in LAYERS:
        return f"torch has no layer for a {cell.name}, only for {', '.join(known.name for known in LAYERS)}"
    return None if dtype in DTYPES else f"the dtype is {dtype}, not one of {', '.join(DTYPES)}"


def native_scan(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None
) -> tuple[Array, State, NativeCache]:
    """Run `rnncore.scan.scan` for torch tensors and the cells of torch.nn.RNN, LSTM and GRU.

    xs: (T, B, D). state: the initial one, each part (B, H). params: the weights, see `rnncore.types.Params`. lengths:
    (B,) integers in 0..T, or None.
    Raises as `scan` does, and ValueError for a cell that torch has no layer for.
    """
    check_scan(cell, xs, state, params, lengths)
    if why_not := obstacle(cell, dtype_of(xs)):
        raise ValueError(f"cell: {why_not}")
    leaves = tuple(x.detach().requires_grad_() for x in (xs, *state, *params[:3], *params.own))
    outputs = _forward(cell, leaves, lengths, None)
    hs, *final = (x.detach() for x in outputs)
    return hs, tuple(final), NativeCache(leaves, lengths, outputs, _versions(outputs))


def native_scan_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: NativeCache, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """Run `rnncore.scan.scan_backward`.

    With truncate, or when what was returned has been written to, the forward pass is run again, chunk by chunk.
    cell: that is driven. dhs: (T, B, H), the gradient on the outputs. dstate: the gradient on the final state, each
    part (B, H), or None. cache: what the forward pass returned.
    """
    if not isinstance(cache, NativeCache):
        raise TypeError(f"cache: got a {type(cache).__name__}, expected the NativeCache that the engine left")
    leaves, lengths, outputs, versions, _ = cache
    n = len(cell.state)
    check_backward(cell, dhs, dstate, leaves[0], _params(leaves[n + 1 :]), truncate)
    cut = truncate is not None and truncate < len(dhs)
    if cut or _versions(outputs) != versions:
        outputs = _forward(cell, leaves, lengths, truncate)
    if dstate is None:
        dstate = tuple(torch.zeros_like(part) for part in outputs[1:])
    found = torch.autograd.grad(outputs, leaves, (dhs, *dstate), retain_graph=True, materialize_grads=True)
    return found[0], found[1 : n + 1], _params(found[n + 1 :])


def _params(tensors) -> Params:
    V, W, b, *own = tensors
    return Params(V, W, b, tuple(own))


def _forward(cell: Cell, leaves, lengths: Array | None, truncate: int | None) -> tuple[torch.Tensor, ...]:
    """Return hs and the final state, recorded by autograd; cut off from what was before at every multiple of
    `truncate`.
    """
    n = len(cell.state)
    (xs, *state), (V, W, b, own) = leaves[: n + 1], _params(leaves[n + 1 :])
    T, H = xs.shape[0], W.shape[1]
    if lengths is not None:
        lengths = torch.as_tensor(ops.to_numpy(lengths)).cpu()
    with torch.enable_grad(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "RNN module weights are not part of single contiguous chunk")
        other = torch.zeros_like(b) if not own else torch.cat([torch.zeros_like(b[: 2 * H]), own[0]])
        weights = dict(zip(("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"), (V, W, b, other)))
        chunks = []
        for start, stop in itertools.pairwise([*range(0, T, truncate or T), T]):
            if start:
                state = [part.detach().requires_grad_() for part in state]
            ends = None if lengths is None else (lengths - start).clamp(0, stop - start)
            hs, state = _layer(cell, xs[start:stop], state, weights, ends)
            chunks.append(hs)
        return (chunks[0] if len(chunks) == 1 else torch.cat(chunks), *state)


def _versions(tensors) -> tuple[int, ...]:
    return tuple(0 if x.is_inference() else x._version for x in tensors)  # in inference mode they are not counted


def _layer(cell, xs, state, weights, lengths):
    """Call torch's layer once, packed where lengths are given, and without the sequences that are empty."""
    (T, B, D), H = xs.shape, state[0].shape[1]
    module = _module(cell, D, H)
    if lengths is None:
        hs, final = _call(module, weights, xs, state)
        return hs, final
    some = torch.nonzero(lengths > 0)[:, 0]
    if not len(some):
        return state[0].expand(T, B, H), state
    here = some.to(xs.device)
    packed = pack_padded_sequence(xs[:, here], lengths[some], enforce_sorted=False)
    hs, final = _call(module, weights, packed, [part[here] for part in state])
    padded, _ = pad_packed_sequence(hs, total_length=T)
    inside = (torch.arange(T)[:, None] < lengths[None, some]).to(xs.device)[..., None]
    held = torch.where(inside, padded, final[0])  # past its end a sequence keeps its last state
    hs = state[0].expand(T, B, H).index_copy(1, here, held)
    return hs, [part.index_copy(0, here, new) for part, new in zip(state, final)]


def _call(module, weights, xs, state):
    begin: Any = tuple(part[None] for part in state)
    hs, final = torch.func.functional_call(module, weights, (xs, begin if len(begin) == 2 else begin[0]))
    return hs, [part[0] for part in (final if len(begin) == 2 else (final,))]


@cache
def _module(cell: Cell, D: int, H: int) -> torch.nn.Module:
    """Return a layer of these sizes without weights of its own: they are passed at each call."""
    kind = LAYERS[cell]
    if kind.startswith("RNN"):
        return torch.nn.RNN(D, H, nonlinearity=kind[4:].lower(), device="meta")
    return getattr(torch.nn, kind)(D, H, device="meta")


def _obstacle(cell: Cell, xs: Array) -> str | None:
    if not isinstance(xs, torch.Tensor) or xs.device.type not in ("cpu", "cuda"):
        return "the arrays are not torch's"
    return obstacle(cell, dtype_of(xs))


ENGINE = Engine("native", _obstacle, native_scan, native_scan_backward)
