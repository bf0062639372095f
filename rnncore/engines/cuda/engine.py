"""The CUDA engine: the reference's equations as Triton kernels between matrix products, with few buffers.

Where the blocks of W fit on the chip, one launch does all steps of a share of the sequences. Elsewhere each step is a
product by torch's BLAS and one kernel for each stage, and the loop over time is a CUDA graph. dx, dV and dW are one
product each. TRITON_INTERPRET=1 in the environment runs the same kernels on the CPU, slowly, for tests.
"""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import torch

from rnncore import ops
from rnncore.engines.cuda.generate import generate
from rnncore.engines.cuda.graphs import play
from rnncore.engines.files import module_of
from rnncore.engines.plan import plan
from rnncore.scan import check_backward, check_scan
from rnncore.types import Array, Cell, Params, State

__all__ = ["CudaCache", "cuda_scan", "cuda_scan_backward", "obstacle"]

DTYPES = {"float64": torch.float64, "float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
CHIP = 160 * 1024
"""Bytes of W that one launch for all steps keeps on the chip."""
BLOCK, ROWS = 1024, 16
"""Entries of a kernel's program in one step, and sequences of one that does all steps."""


class CudaCache:
    """What `cuda_scan` leaves for `cuda_scan_backward`, which writes over it; a second way back runs forward again.

    slots (T, B, G*H): gates, then their gradients. states: each (T + 1, B, H), the initial one first. extras: each
    (T, B, H), what the plan of the cell has no slot for.
    """

    engine = "cuda"

    def __init__(self, xs: Array, state: State, params: Params, lengths: Array | None):
        self.xs, self.state, self.params, self.lengths = xs, state, params, lengths
        self.slots: Any = None
        self.states: list[torch.Tensor] = []
        self.extras: list[torch.Tensor] = []
        self.version = 0  # how often hs, which shares memory with the states, had been written to


class _Given(NamedTuple):
    """The arguments as the kernels read them: contiguous, ends (B,) as 32-bit integers."""

    xs: torch.Tensor
    V: torch.Tensor
    W: torch.Tensor
    b: torch.Tensor
    own: list[torch.Tensor]
    ends: torch.Tensor


def obstacle(cell: Cell, dtype: str) -> str | None:
    """Why no kernels can be made for this, or None."""
    if dtype not in DTYPES:
        return f"the dtype is {dtype}, not one of {', '.join(DTYPES)}"
    try:
        import triton  # noqa: F401
    except ImportError:
        return "triton is not installed"
    return _untraceable(cell)


@cache
def _untraceable(cell: Cell) -> str | None:
    try:
        generate(cell, "float32")
    except ValueError as error:
        return str(error)
    return None


def cuda_scan(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None
) -> tuple[Array, State, CudaCache]:
    """As `rnncore.scan.scan`, for torch tensors on a CUDA device; float16 and bfloat16 are computed in float32.

    hs shares its memory with the cache; it may be changed in place, and then the way back begins with another pass
    forward. Raises as `scan` does, and ValueError for a dtype, a cell or a device that has no kernels.
    """
    check_scan(cell, xs, state, params, lengths)
    if not isinstance(xs, torch.Tensor) or not (xs.device.type == "cuda" or _interpreted()):
        raise ValueError(f"xs: got {getattr(xs, 'device', type(xs).__name__)}, expected a tensor on a CUDA device")
    if why_not := obstacle(cell, str(xs.dtype).removeprefix("torch.")):
        raise ValueError(f"cell: {why_not}")
    _announce(cell, xs)
    with torch.no_grad():
        cache = CudaCache(xs, state, params, lengths)
        _loop(cell, cache)
        hs, final = cache.states[0][1:], tuple(part[-1].clone() for part in cache.states)
    cache.version = hs._version
    return hs, final, cache


def cuda_scan_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: CudaCache, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """As `rnncore.scan.scan_backward`."""
    if not isinstance(cache, CudaCache):
        raise TypeError(f"cache: got a {type(cache).__name__}, expected the CudaCache that the engine 'cuda' returned")
    check_backward(cell, dhs, dstate, cache.xs, cache.params, truncate)
    with torch.no_grad():
        if not cache.states or cache.states[0]._version != cache.version:
            _loop(cell, cache)
        given = _given(cache)
        found = _loop_back(cell, dhs, dstate, cache, given, truncate)
        dxs, dV, dW, db = _products(cell, cache, given)
        cache.slots, cache.states, cache.extras = None, [], []
    dstate, own = found
    return dxs, dstate, Params(dV, dW, db, own)


# -- Forward


def _loop(cell: Cell, cache: CudaCache) -> None:
    """Fills slots, states and extras."""
    given = _given(cache)
    (T, B, D), (rows, H), G = given.xs.shape, given.W.shape, len(cell.gates)
    cache.slots = torch.addmm(given.b, given.xs.reshape(T * B, D), given.V.T).reshape(T, B, rows)
    cache.states = [given.xs.new_empty(T + 1, B, H) for _ in cell.state]
    cache.extras = [given.xs.new_empty(T, B, H) for _ in range(plan(cell).extras)]
    for buffer, part in zip(cache.states, cache.state):
        buffer[0] = part
    module, n = _kernels(cell, given.xs.dtype, _interpreted()), len(cell.state)
    if B == 0 or H == 0:
        return
    if (wide := _wide(cell, given.W)) is not None:
        module.forward_all[(-(-B // ROWS),)](cache.slots, *cache.states, *cache.extras, *given.own, given.ends,
                                             given.W, T, B, H, G, ROWS, wide, _interpreted())  # fmt: skip
    else:
        buffers = [cache.slots, *cache.states, *cache.extras, *given.own, given.ends, given.W]
        written = list(range(1 + n + len(cache.extras)))
        play((cell, "forward"), lambda *x: _steps(cell, module, *x), buffers, written)
    cache.version = cache.states[0]._version


def _steps(cell: Cell, module: ModuleType, slots, *buffers) -> None:
    """Step after step: a product and a kernel for each stage."""
    stages, n, extras = plan(cell).stages, len(cell.state), plan(cell).extras
    states, extra, own, (ends, W) = _parted(buffers, n, extras, len(cell.own), 2)
    (T, B, _), H, G = slots.shape, W.shape[1], len(cell.gates)
    weights = [W[s.first * H : (s.first + s.gates) * H].T.contiguous() for s in stages]
    us = [slots.new_empty(B, s.gates * H) for s in stages]
    grid = (-(-B * H // BLOCK),)
    for t in range(T):
        old, new = [part[t] for part in states], [part[t + 1] for part in states]
        here = [part[t] for part in extra]
        for k, (stage, weight, u) in enumerate(zip(stages, weights, us)):
            kind, number = stage.operand
            torch.mm(old[number] if kind == "old" else here[number], weight, out=u)
            getattr(module, f"forward_{k}")[grid](slots[t], u, *old, *new, *here, *own, ends, t, B, H, G, BLOCK)


# -- Backward


def _loop_back(cell, dhs, dstate, cache, given, truncate):
    """Slots become gate gradients. Returns the gradients on the initial state and on the cell's own parameters."""
    (T, B, _), H, G, like = given.xs.shape, given.W.shape[1], len(cell.gates), given.xs
    exact = torch.float64 if like.dtype == torch.float64 else torch.float32
    zero = like.new_zeros(B, H, dtype=exact)
    dstates = [zero.clone() if dstate is None else dstate[k].to(exact, copy=True).contiguous()
               for k in range(len(cell.state))]  # fmt: skip
    down = [zero.clone() for _ in cell.own]
    dhs, module = dhs.to(like.dtype).contiguous(), _kernels(cell, like.dtype, _interpreted())
    if B and H:
        if (wide := _wide(cell, given.W)) is not None:
            module.backward_all[(-(-B // ROWS),)](
                cache.slots, dhs, *cache.states, *cache.extras, *given.own, *dstates, *down, given.ends, given.W,
                T, truncate or T, B, H, G, ROWS, wide, _interpreted())  # fmt: skip
        else:
            buffers = [cache.slots, dhs, *cache.states, *cache.extras, *given.own, *dstates, *down, given.ends, given.W]
            first = 2 + len(cache.states)
            after = first + len(cache.extras) + len(given.own)
            written = [0, *range(first, first + len(cache.extras)), *range(after, after + len(dstates) + len(down))]
            play((cell, "backward", truncate), lambda *x: _steps_back(cell, module, truncate, *x), buffers, written)
    own = tuple(part.sum(dim=0).to(like.dtype) for part in down)
    return tuple(part.to(like.dtype) for part in dstates), own


def _steps_back(cell: Cell, module: ModuleType, truncate: int | None, slots, dhs, *buffers) -> None:
    """From the last step to the first: a kernel and a product for each stage, the last stage first."""
    stages, n, extras, m = plan(cell).stages, len(cell.state), plan(cell).extras, len(cell.own)
    states, extra, own, dstates, down, (ends, W) = _parted(buffers, n, extras, m, n, m, 2)
    (T, B, _), H, G = slots.shape, W.shape[1], len(cell.gates)
    blocks = [slice(s.first * H, (s.first + s.gates) * H) for s in stages]
    weights = [W[block].contiguous() for block in blocks]
    products = [slots.new_zeros(B, H) for _ in stages]
    passed = [torch.zeros_like(dstates[0]) for _ in range(max(len(s.inputs) for s in stages))]
    du = slots.new_empty(B * max(s.gates for s in stages) * H)
    grid = (-(-B * H // BLOCK),)
    for t in range(T - 1, -1, -1):
        old, new = [part[t] for part in states], [part[t + 1] for part in states]
        here = [part[t] for part in extra]
        for k in range(len(stages) - 1, -1, -1):
            getattr(module, f"backward_{k}")[grid](slots[t], du, dhs[t], *old, *new, *here, *own, *dstates, *products,
                                                   *passed, *down, ends, t, B, H, G, BLOCK)  # fmt: skip
            left = slots[t][:, blocks[k]]
            if stages[k].du:
                left = du[: B * stages[k].gates * H].reshape(B, -1)
            torch.mm(left, weights[k], out=products[k])
        if truncate is not None and t > 0 and t % truncate == 0:
            for part in (*dstates, products[0]):
                part.zero_()
    dstates[0].add_(products[0])


def _products(cell: Cell, cache: CudaCache, given: _Given):
    """dx = da V, dV = da^T x, dW = du^T q, db = sum of da."""
    (T, B, D), H = given.xs.shape, given.W.shape[1]
    da, xs = cache.slots.reshape(T * B, -1), given.xs.reshape(T * B, D)
    flat = {("old", k): part[:-1].reshape(T * B, H) for k, part in enumerate(cache.states)}
    flat |= {("extra", k): part.reshape(T * B, H) for k, part in enumerate(cache.extras)}
    blocks = []
    for stage in plan(cell).stages:
        places = stage.du or tuple(("slot", stage.first + k) for k in range(stage.gates))
        blocks += [(da[:, k * H : (k + 1) * H] if kind == "slot" else flat[kind, k]).T @ flat[stage.operand]
                   for kind, k in places]  # fmt: skip
    return (da @ given.V).reshape(T, B, D), da.T @ xs, torch.cat(blocks), da.sum(dim=0)


# -- Arguments and kernels


def _given(cache: CudaCache) -> _Given:
    (T, B, _), params, device = cache.xs.shape, cache.params, cache.xs.device
    V, W, b, *own = (part.detach().contiguous() for part in (*params[:3], *params.own))
    ends = torch.full((B,), T) if cache.lengths is None else torch.as_tensor(ops.to_numpy(cache.lengths))
    return _Given(cache.xs.detach().contiguous(), V, W, b, own, ends.to(device=device, dtype=torch.int32))


_ready: set[tuple[Cell, torch.dtype, torch.device]] = set()


def _announce(cell: Cell, xs: torch.Tensor) -> None:
    """Say at the first use in a process why it may take a while."""
    if xs.device.type == "cuda" and (key := (cell, xs.dtype, xs.device)) not in _ready:
        _ready.add(key)
        dtype = str(xs.dtype).removeprefix("torch.")
        print(f"rnncore: the {cell.name} for {dtype} on {xs.device}: Triton compiles its kernels at the first use of "
              "each size, and keeps them on disk", file=sys.stderr)  # fmt: skip


def _interpreted() -> bool:
    return os.environ.get("TRITON_INTERPRET") == "1"


def _parted(buffers, *counts):
    parts, start = [], 0
    for count in counts:
        parts.append(buffers[start : start + count])
        start += count
    return parts


def _wide(cell: Cell, W: torch.Tensor) -> int | None:
    """Columns of a tile where one launch can do all steps: a power of two that W's blocks fit in; None elsewhere."""
    if len(cell.stages) > 1:
        return None
    wide = max(16, 1 << (W.shape[1] - 1).bit_length())
    return wide if len(cell.gates) * wide * wide * W.element_size() <= CHIP else None


@cache
def _kernels(cell: Cell, dtype: torch.dtype, interpreted: bool) -> ModuleType:
    """The cell's kernels. Triton compiles each for a device at its first call, and keeps that on disk."""
    exact = "float64" if dtype == torch.float64 else "float32"
    name = re.sub(r"[^a-z0-9]+", "_", cell.name.lower())
    return module_of(f"cuda_{name}_{exact}", generate(cell, exact))
