"""The CPU engine: the reference's equations in compiled loops over time, with few buffers, written over in place.

The input product for all T goes into the gate buffer, each step turns its pre-activations into gates, and on the way
back gates into their gradients; dV, dW and dx are one matrix product each. Sequences of a batch are shared out among
threads, which need not wait for one another between steps.
"""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.engines.cpu.blas import Blas, chosen
from rnncore.engines.cpu.compiled import compiled
from rnncore.engines.cpu.plan import Plan, plan
from rnncore.engines.cpu.threads import parallel, shares
from rnncore.scan import check_backward, check_scan
from rnncore.types import Array, Cell, Params, State

__all__ = ["CpuCache", "cpu_scan", "cpu_scan_backward"]


class CpuCache:
    """What `cpu_scan` leaves for `cpu_scan_backward`, which writes over it; a second way back runs forward again."""

    def __init__(self, xs: Array, state: State, params: Params, lengths: Array | None):
        self.xs, self.state, self.params, self.lengths = xs, state, params, lengths
        self.slots = np.empty(0)
        self.states: list[np.ndarray] = []
        self.extras: list[np.ndarray] = []
        self.spent = False


def cpu_scan(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None
) -> tuple[Array, State, CpuCache]:
    """As `rnncore.scan.scan`, for NumPy arrays and torch tensors on the CPU, float32 or float64.

    hs shares its memory with the cache: for NumPy it is read-only.
    Raises as `scan` does, and ValueError for a dtype or a cell that cannot be compiled.
    """
    check_scan(cell, xs, state, params, lengths)
    cache = CpuCache(xs, state, params, lengths)
    _run(cell, cache)
    hs, final = cache.states[0][1:], tuple(part[-1].copy() for part in cache.states)
    if isinstance(xs, np.ndarray):
        hs.flags.writeable = False
    return _like(hs, xs), tuple(_like(part, xs) for part in final), cache


def cpu_scan_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: CpuCache, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """As `rnncore.scan.scan_backward`."""
    if not isinstance(cache, CpuCache):
        raise TypeError(f"cache: got a {type(cache).__name__}, expected the CpuCache that the engine 'cpu' returned")
    check_backward(cell, dhs, dstate, cache.xs, cache.params, truncate)
    if cache.spent:
        _run(cell, cache)
    cache.spent = True
    xs, params, ends = _arrays(cache)
    T, B, D = xs.shape
    H, dtype = params.W.shape[1], xs.dtype
    given = [np.zeros((B, H), dtype)] * len(cell.state) if dstate is None else dstate
    down = tuple(np.array(_array(part), copy=True, order="C") for part in given)
    db, own = _loop_back(cell, _plain(_array(dhs)), down, cache, params, ends, truncate)
    dxs, dV, dW = _products(plan(cell), cell, xs, params, cache)
    like = cache.xs
    gradients = Params(_like(dV, like), _like(dW, like), _like(db, like), tuple(_like(part, like) for part in own))
    return _like(dxs, like), tuple(_like(part, like) for part in down), gradients


def _run(cell: Cell, cache: CpuCache) -> None:
    """The forward pass: fills slots, states and extras."""
    xs, params, ends = _arrays(cache)
    module, blas = _module(cell, xs.dtype.name), chosen()
    T, B, D = xs.shape
    rows, H = params.W.shape
    if not cache.states:
        cache.slots = _aligned((T, B, rows), xs.dtype)
        cache.states = [_aligned((T + 1, B, H), xs.dtype) for _ in cell.state]
        cache.extras = [_aligned((T, B, H), xs.dtype) for _ in range(plan(cell).extras)]
        for buffer, part in zip(cache.states, cache.state):
            buffer[0] = _array(part)
    cache.spent = False
    flat, inputs = cache.slots.reshape(T * B, rows), xs.reshape(T * B, D)
    with blas.single():
        parallel(lambda a, b: blas.multiply(flat[a:b], inputs[a:b], params.V.T), shares(T * B, 64), blas.single)
    batch = shares(B, 8)
    blocks = _blocks(cell, H)
    panel, tile, M = _weights(module, [params.W[block].T for block in blocks])
    most = max(block.stop - block.start for block in blocks)
    b, own = _plain(params.b), [_plain(part) for part in params.own]

    def loop(first: int, stop: int) -> None:
        u = _aligned(((stop - first) * most,), xs.dtype)
        module.forward(first, stop, panel, np.empty(tile, xs.dtype), cache.slots, b, u, ends, *own, *cache.states,
                       *cache.extras, *M)  # fmt: skip

    parallel(loop, batch, blas.single)


def _loop_back(cell, dhs, dstate, cache, params, ends, truncate):
    """The loop from the last step to the first: slots become gate gradients, `dstate` the gradient on the initial
    state. Returns db and the gradients of the cell's own parameters."""
    (T, B, H), dtype = dhs.shape, dhs.dtype
    module, blas, batch = _module(cell, dtype.name), chosen(), shares(B, 8)
    blocks, stages = _blocks(cell, H), plan(cell).stages
    panel, tile, M = _weights(module, [params.W[block] for block in blocks])
    own, count = [_plain(part) for part in params.own], len(cell.own)
    most = max(block.stop - block.start for block in blocks)
    apart = most if any(stage.du for stage in stages) else 0
    sums = [np.zeros((len(batch), len(params.b)), dtype), *(np.zeros((len(batch), H), dtype) for _ in range(count))]
    dq = np.empty((B, H), dtype)
    carry = [np.empty((B, H), dtype) for _ in range(max(len(stage.inputs) for stage in stages))]
    downs = [np.empty((B, H), dtype) for _ in range(count)]

    def loop(first: int, stop: int) -> None:
        n, mine = stop - first, [part[[first for first, _ in batch].index(first)] for part in sums]
        module.backward(first, stop, panel, np.empty(tile, dtype), truncate or 0, cache.slots,
                        _aligned((n * apart,), dtype), np.empty(len(params.b), dtype), mine[0], ends, dhs, dq, *own, *cache.states, *cache.extras, *M, *dstate, *carry, *downs,
                        *mine[1:])  # fmt: skip

    parallel(loop, batch, blas.single)
    db, *down = (part.sum(axis=0) for part in sums)
    return db, down


def _products(places: Plan, cell: Cell, xs: np.ndarray, params: Params, cache: CpuCache):
    """dx = da V, dV = da^T x, dW = du^T q, each in shares of its rows."""
    T, B, D = xs.shape
    rows, H = params.W.shape
    blas, da, inputs = chosen(), cache.slots.reshape(T * B, -1), xs.reshape(T * B, D)
    dxs, dV, dW = np.empty_like(inputs), np.empty_like(params.V), np.empty_like(params.W)
    flat = {("old", 0): cache.states[0][:-1].reshape(T * B, H)}
    flat |= {("extra", k): part.reshape(T * B, H) for k, part in enumerate(cache.extras)}
    parallel(lambda a, b: blas.multiply(dxs[a:b], da[a:b], params.V), shares(T * B, 64), blas.single)
    parallel(lambda a, b: blas.multiply(dV[a:b], da[:, a:b].T, inputs), shares(rows, 64), blas.single)
    for stage, block in zip(places.stages, _blocks(cell, H)):
        q, start = flat[stage.operand], block.start
        for k in range(stage.gates):
            if stage.du and stage.du[k][0] == "extra":
                top, left = start + k * H, flat[stage.du[k]]
                parallel(lambda a, b, top=top, left=left: blas.multiply(dW[top + a : top + b], left[:, a:b].T, q),
                         shares(H, 64), blas.single)  # fmt: skip
        whole = [k for k in range(stage.gates) if not (stage.du and stage.du[k][0] == "extra")]
        for first, stop in _runs(whole):
            top, n = start + first * H, (stop - first) * H
            parallel(lambda a, b, top=top: blas.multiply(dW[top + a : top + b], da[:, top + a : top + b].T, q),
                     shares(n, 64), blas.single)  # fmt: skip
    return dxs.reshape(T, B, D), dV, dW


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Neighbours together: [0, 1, 3] gives (0, 2), (3, 4)."""
    starts = [n for n in numbers if n - 1 not in numbers]
    return [(start, next(n for n in range(start, max(numbers) + 2) if n not in numbers)) for start in starts]


def _weights(module: ModuleType, matrices) -> tuple[int, np.ndarray, list[np.ndarray]]:
    """The width of a panel, room for a tile, and each of the matrices in panels."""
    from rnncore.engines.cpu.primitives import HEIGHT, panel_width

    width, laid = panel_width(matrices[0].itemsize), []
    for M in matrices:
        k, n = M.shape
        laid.append(_aligned((-(-n // width) * width * k,), M.dtype))
        module.panels(M, width, laid[-1])
    return width, HEIGHT * width, laid


def _aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array that begins where a line of the cache does: a vector that lies across two costs twice."""
    size = math.prod(shape) * dtype.itemsize
    space = np.empty(size + 64, np.uint8)
    start = -space.ctypes.data % 64
    return space[start : start + size].view(dtype).reshape(shape)


def _module(cell: Cell, dtype: str) -> ModuleType:
    if dtype not in ("float32", "float64"):
        raise ValueError(f"xs: got dtype {dtype}, expected float32 or float64 for the engine 'cpu'")
    return compiled(cell, dtype, _nothing)


def _nothing(module: ModuleType) -> None:
    pass


def _blocks(cell: Cell, H: int) -> list[slice]:
    bounds, start = [], 0
    for stage in cell.stages:
        bounds.append(slice(start, start + len(stage.gates) * H))
        start = bounds[-1].stop
    return bounds


def _arrays(cache: CpuCache):
    """xs, params and ends as NumPy arrays."""
    xs, params = _plain(_array(cache.xs)), cache.params
    B, T = xs.shape[1], xs.shape[0]
    ends = np.full(B, T, np.int64) if cache.lengths is None else _array(cache.lengths).astype(np.int64)
    V, W, b = (np.ascontiguousarray(_array(part)) for part in params[:3])
    return xs, Params(V, W, b, tuple(_array(part) for part in params.own)), ends


def _array(x: Array) -> np.ndarray:
    return x if isinstance(x, np.ndarray) else ops.to_numpy(x)


def _plain(x: np.ndarray) -> np.ndarray:
    """x row by row, aligned and writable, as the kernels are compiled for."""
    return np.require(x, None, ["C", "A", "W"])


def _like(x: np.ndarray, like: Array) -> Array:
    """x for the library of `like`, without a copy."""
    return x if isinstance(like, np.ndarray) else ops.asarray_like(x, like)
