"""The CUDA engine: the reference's equations as Triton kernels between matrix products, with few buffers.

Where the blocks of W fit on the chip, one launch does all steps of a share of the sequences. Elsewhere each step is a
product by torch's BLAS and one kernel for each stage, and the loop over time is a CUDA graph. dx, dV and dW are one
product each. TRITON_INTERPRET=1 in the environment runs the same kernels on the CPU, slowly, for tests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import torch

from rnncore import ops
from rnncore.engines.cuda.graphs import play
from rnncore.engines.cuda.kernels import announce, interpreted, kernels, launch_all, obstacle
from rnncore.engines.cuda.steps import steps, steps_back
from rnncore.engines.plan import gradients_of, plan
from rnncore.engines.record import Engine, dtype_of
from rnncore.scan import check_backward, check_scan, valid_of
from rnncore.types import Array, Cell, Params, State

__all__ = ["ENGINE", "CudaCache", "cuda_scan", "cuda_scan_backward"]


class CudaCache:
    """What `cuda_scan` leaves for `cuda_scan_backward`, which writes over it; a second one runs forward again.

    slots (T, B, G*H): gates, then their gradients. states: each (T + 1, B, H), the initial one first; of half numbers,
    all parts but h in float32, because they gather small numbers. extras: each (T, B, H), what the plan of the cell
    has no slot for.
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


def cuda_scan(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None
) -> tuple[Array, State, CudaCache]:
    """Run `rnncore.scan.scan` for torch tensors on a CUDA device; float16 and bfloat16 are computed in float32.

    hs shares its memory with the cache; it may be changed in place, and then the backward pass begins with another pass
    forward. Raises as `scan` does, and ValueError for a dtype, a cell or a device that has no kernels.
    xs: (T, B, D). state: the initial one, each part (B, H). params: the weights, see `rnncore.types.Params`. lengths:
    (B,) integers in 0..T, or None.
    """
    check_scan(cell, xs, state, params, lengths)
    if not isinstance(xs, torch.Tensor) or not (xs.device.type == "cuda" or interpreted()):
        raise ValueError(f"xs: got {getattr(xs, 'device', type(xs).__name__)}, expected a tensor on a CUDA device")
    if why_not := obstacle(cell, dtype_of(xs)):
        raise ValueError(f"cell: {why_not}")
    announce(cell, xs)
    with _apart(xs):
        cache = CudaCache(ops.select(valid_of(xs, lengths), xs), state, params, lengths)
        _loop(cell, cache)
        hs, final = cache.states[0][1:], tuple(part[-1].to(xs.dtype, copy=True) for part in cache.states)
    return hs.clone() if hs.is_inference() else hs, final, cache  # where changes are not counted, none must matter


def cuda_scan_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: CudaCache, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """Run `rnncore.scan.scan_backward`.

    cell: that is driven. dhs: (T, B, H), the gradient on the outputs. dstate: the gradient on the final state, each
    part (B, H), or None. cache: what the forward pass returned. truncate: as in `rnncore.scan.scan_backward`.
    """
    if not isinstance(cache, CudaCache):
        raise TypeError(f"cache: got a {type(cache).__name__}, expected the CudaCache that the engine 'cuda' returned")
    check_backward(cell, dhs, dstate, cache.xs, cache.params, truncate)
    with _apart(cache.xs):
        if not cache.states or _version(cache.states[0]) != cache.version:
            _loop(cell, cache)
        given = _given(cache)
        found = _loop_back(cell, dhs, dstate, cache, given, truncate)
        dxs, dV, dW, db = _products(cell, cache, given)
        cache.slots, cache.states, cache.extras = None, [], []
    dstate, own = found
    return dxs, dstate, Params(dV, dW, db, own)


@contextlib.contextmanager
def _apart(xs: torch.Tensor) -> Iterator[None]:
    """Work on the device of `xs`, with no record kept, and in the dtypes that were given, without autocast."""
    device = torch.cuda.device(xs.device) if xs.device.type == "cuda" else contextlib.nullcontext()
    with device, torch.no_grad(), torch.autocast(xs.device.type, enabled=False):
        yield


def _loop(cell: Cell, cache: CudaCache) -> None:
    """Run the forward pass: fill slots, states and extras."""
    given, begin = _given(cache), [part.detach().contiguous() for part in cache.state]
    (T, B, D), (rows, H), like, n = given.xs.shape, given.W.shape, given.xs, len(cell.state)
    cache.slots = torch.addmm(given.b, like.reshape(T * B, D), given.V.T).reshape(T, B, rows)
    cache.states = [like.new_empty(T + 1, B, H, dtype=_exact(like) if k else like.dtype) for k in range(n)]
    cache.extras = [like.new_empty(T, B, H) for _ in range(plan(cell).extras)]
    for buffer, part in zip(cache.states, begin):
        buffer[0] = part
    made = [*cache.states, *cache.extras]
    arguments = [cache.slots, *made, *given.own, given.ends, given.W.T.contiguous(), T]
    if B and H and not launch_all(cell, "forward_all", given.W, B, *arguments):
        buffers = [cache.slots, *begin, *made, *given.own, given.ends, given.W]
        written = [0, *range(1 + n, 1 + n + len(made))]
        read = [0, *(k for k in range(len(buffers)) if k not in written)]
        play((cell, "forward"), partial(steps, cell, kernels(cell, like.dtype)), buffers, read, written)
    cache.version = _version(cache.states[0])


def _loop_back(cell, dhs, dstate, cache, given, truncate):
    """Turn slots into gate gradients; return those on the initial state and on the cell's own parameters."""
    (T, B, _), H, like = given.xs.shape, given.W.shape[1], given.xs
    zero = like.new_zeros(B, H, dtype=_exact(like))
    dstates = [
        zero.clone() if dstate is None else dstate[k].to(zero.dtype, copy=True).contiguous()
        for k in range(len(cell.state))
    ]
    down, dhs = [zero.clone() for _ in cell.own], dhs.to(like.dtype).contiguous()
    kept = [cache.slots, dhs, *cache.states, *cache.extras, *given.own]
    buffers = [*kept, *dstates, *down, given.ends, given.W]
    if B and H and not launch_all(cell, "backward_all", given.W, B, *buffers, T, truncate or T):
        extras, sums = 2 + len(cache.states), len(kept) + len(dstates)
        written = [0, *range(extras, extras + len(cache.extras)), *range(len(kept), sums + len(down))]
        read = [k for k in range(len(buffers)) if not sums <= k < sums + len(down)]
        loop = partial(steps_back, cell, kernels(cell, like.dtype), truncate)
        play((cell, "backward", truncate), loop, buffers, read, written)
    own = tuple(part.sum(dim=0).to(like.dtype) for part in down)
    return tuple(part.to(like.dtype) for part in dstates), own


def _products(cell: Cell, cache: CudaCache, given: _Given):
    """Compute dx = da V, dV = da^T x, dW = du^T q, db = sum of da."""
    (T, B, D), H = given.xs.shape, given.W.shape[1]
    da, xs = cache.slots.reshape(T * B, -1), given.xs.reshape(T * B, D)
    flat = {("old", 0): cache.states[0][:-1].reshape(T * B, H)}
    flat |= {("extra", k): part.reshape(T * B, H) for k, part in enumerate(cache.extras)}
    blocks = []
    for stage in plan(cell).stages:
        for k, count, place in gradients_of(stage):
            du = da[:, k * H : (k + count) * H] if place is None else flat[place]
            blocks.append(du.T @ flat[stage.operand])
    dW = blocks[0] if len(blocks) == 1 else torch.cat(blocks)
    return (da @ given.V).reshape(T, B, D), da.T @ xs, dW, da.sum(dim=0)


def _given(cache: CudaCache) -> _Given:
    (T, B, _), params, lengths, device = cache.xs.shape, cache.params, cache.lengths, cache.xs.device
    V, W, b, *own = (part.detach().contiguous() for part in (*params[:3], *params.own))
    if lengths is None:
        ends = torch.full((B,), T, dtype=torch.int32, device=device)
    else:
        ends = ops.asarray_like(lengths, cache.xs).to(device=device, dtype=torch.int32).contiguous()
    return _Given(cache.xs.detach().contiguous(), V, W, b, own, ends)


def _version(x: torch.Tensor) -> int:
    """Return how often x was written to; tensors of torch.inference_mode do not count it."""
    return 0 if x.is_inference() else x._version


def _exact(x: torch.Tensor) -> torch.dtype:
    """Return what the kernels compute in."""
    return torch.float64 if x.dtype == torch.float64 else torch.float32


def _obstacle(cell: Cell, xs: Array) -> str | None:
    if not isinstance(xs, torch.Tensor) or xs.device.type != "cuda":
        return "the arrays are not on a CUDA device"
    return obstacle(cell, dtype_of(xs))


ENGINE = Engine("cuda", _obstacle, cuda_scan, cuda_scan_backward)
