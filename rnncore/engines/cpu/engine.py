"""The CPU engine: the reference's equations in compiled loops over time, with few buffers, written over in place.

The input product for all T goes into the gate buffer, each step turns its pre-activations into gates, and in the
backward pass gates into their gradients; dV, dW and dx are one matrix product each. The sequences of a batch are
shared out among threads, which need not wait for one another between steps.
"""

from __future__ import annotations

import sys
import time
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from rnncore import ops
from rnncore.engines.cpu.arrays import aligned, as_like, as_numpy, as_plain, lay_out, new_tile, width_of
from rnncore.engines.cpu.compiled import compiled, products
from rnncore.engines.cpu.threads import parallel, shares
from rnncore.engines.plan import Place, gradients_of, plan
from rnncore.scan import check_backward, check_scan, valid_of
from rnncore.types import Array, Cell, Params, State

__all__ = ["CpuCache", "blocks_of", "cpu_scan", "cpu_scan_backward", "kernels"]

ROWS = 64
"""The fewest rows of a long product, and BATCH the fewest sequences, that are worth a thread."""
BATCH = 8


class CpuCache:
    """What `cpu_scan` leaves for `cpu_scan_backward`, which uses it up; a second backward pass runs forward again.

    slots (T, B, G*H): gates, then their gradients. states: each (T + 1, B, H), the initial one first. extras: each
    (T, B, H), what the plan of the cell has no slot for. add_to: gradients of the parameters to which those of the
    backward pass are added in place; None for new ones.
    """

    engine = "cpu"

    def __init__(self, xs: Array, state: State, params: Params, lengths: Array | None):
        self.xs, self.state, self.params, self.lengths = xs, state, params, lengths
        self.slots = np.empty(0)
        self.states: list[np.ndarray] = []
        self.extras: list[np.ndarray] = []
        self.add_to: Params | None = None
        self.shown: Any = None  # hs as a tensor of torch, which counts how often it was changed in place


def cpu_scan(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None
) -> tuple[Array, State, CpuCache]:
    """Run `rnncore.scan.scan` for NumPy arrays and torch tensors on the CPU, float32 or float64.

    hs shares its memory with the cache: as a NumPy array it is read-only; a tensor may be changed in place, and then
    the backward pass begins with another pass forward.
    xs: (T, B, D). state: the initial one, each part (B, H). params: the weights, see `rnncore.types.Params`. lengths:
    (B,) integers in 0..T, or None.
    Raises as `scan` does, and ValueError for a dtype or a cell that cannot be compiled.
    """
    check_scan(cell, xs, state, params, lengths)
    cache = CpuCache(ops.select(valid_of(xs, lengths), xs), state, params, lengths)
    _loop(cell, cache)
    hs, final = cache.states[0][1:], tuple(part[-1].copy() for part in cache.states)
    if isinstance(xs, np.ndarray):
        hs.flags.writeable = False
    else:
        hs = cache.shown = as_like(hs, xs)
    return hs, tuple(as_like(part, xs) for part in final), cache


def cpu_scan_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: CpuCache, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """Run `rnncore.scan.scan_backward`.

    cell: that is driven. dhs: (T, B, H), the gradient on the outputs. dstate: the gradient on the final state, each
    part (B, H), or None. cache: what the forward pass returned. truncate: as in `rnncore.scan.scan_backward`.
    """
    if not isinstance(cache, CpuCache):
        raise TypeError(f"cache: got a {type(cache).__name__}, expected the CpuCache that the engine 'cpu' returned")
    like = cache.xs
    check_backward(cell, dhs, dstate, like, cache.params, truncate)
    if cache.shown is not None and cache.shown._version:
        cache.states = []
    if not cache.states:
        _loop(cell, cache)
    given = _given(cache)
    if dstate is None:
        dstate = tuple(ops.zeros(dhs.shape[1:], like) for _ in cell.state)
    down = [np.array(_real(name, d, like), order="C") for name, d in zip(cell.state, dstate)]  # written over
    db, own = _loop_back(cell, as_plain(_real("hs", dhs, like)), down, cache, given, truncate)
    slots, flat = cache.slots, _operands(cell, cache)
    cache.slots, cache.states, cache.extras, cache.shown = np.empty(0), [], [], None  # free, before more is allocated
    totals = cache.add_to
    new = np.empty_like if dhs.shape[1] else np.zeros_like  # of no sequences, the products write nothing
    dV, dW = (new(x) for x in (given.V, given.W)) if totals is None else map(as_numpy, totals[:2])
    dxs = _products(cell, slots, flat, given, dV, dW, add=totals is not None)
    if totals is None:
        dV, dW, db, *own = (as_like(part, like) for part in (dV, dW, db, *own))
        totals = Params(dV, dW, db, tuple(own))
    else:
        for total, part in zip((totals.b, *totals.own), (db, *own)):
            total += as_like(part, like)
    return as_like(dxs, like), tuple(as_like(part, like) for part in down), totals


# -- The loops


class _Given(NamedTuple):
    """The arguments as the kernels are compiled for: NumPy arrays, row by row, aligned, writable."""

    xs: np.ndarray
    V: np.ndarray
    W: np.ndarray
    b: np.ndarray
    own: tuple[np.ndarray, ...]
    ends: np.ndarray


def _loop(cell: Cell, cache: CpuCache) -> None:
    """Run the forward pass: fill slots, states and extras."""
    given = _given(cache)
    (T, B, D), (rows, H), dtype = given.xs.shape, given.W.shape, given.xs.dtype
    module = kernels(cell, dtype.name)
    cache.slots = aligned((T, B, rows), dtype)
    cache.states = [aligned((T + 1, B, H), dtype) for _ in cell.state]
    cache.extras = [aligned((T, B, H), dtype) for _ in range(plan(cell).extras)]
    for buffer, part in zip(cache.states, cache.state):
        buffer[0] = as_numpy(part)
    _multiply(given.xs.reshape(T * B, D), given.V.T, cache.slots.reshape(T * B, rows))
    width, blocks = width_of(dtype), blocks_of(cell, H)
    M = [lay_out(given.W[block].T, width) for block in blocks]
    most = max(block.stop - block.start for block in blocks)

    def work(first: int, stop: int) -> None:
        u = aligned(((stop - first) * most,), dtype)
        arrays = (cache.slots, given.b, u, given.ends, *given.own, *cache.states, *cache.extras, *M)
        module.forward(first, stop, width, new_tile(dtype), *arrays)

    parallel(work, shares(B, BATCH))


def _loop_back(cell, dhs, dstate, cache, given, truncate):
    """Run the loop from the last step to the first.

    Slots become gate gradients, `dstate` the gradient on the initial state. Returns db and the gradients of the cell's
    own parameters.
    """
    (_, B, H), dtype, batch = dhs.shape, dhs.dtype, shares(dhs.shape[1], BATCH)
    module, stages, blocks = kernels(cell, dtype.name), plan(cell).stages, blocks_of(cell, H)
    width = width_of(dtype)
    M = [lay_out(given.W[block], width) for block in blocks]
    apart = max((block.stop - block.start for block, stage in zip(blocks, stages) if stage.du), default=0)
    sums = [np.zeros((len(batch), size), dtype) for size in (len(given.b), *(H for _ in cell.own))]
    passed = max(len(stage.inputs) for stage in stages)
    dq, *between = (aligned((B, H), dtype) for _ in range(1 + passed + len(cell.own)))

    def work(first: int, stop: int) -> None:
        share = [start for start, _ in batch].index(first)
        db, *down = (part[share] for part in sums)
        du, partial = aligned(((stop - first) * apart,), dtype), np.empty_like(db)
        kept = (*given.own, *cache.states, *cache.extras, *M)
        arrays = (cache.slots, du, partial, db, given.ends, dhs, dq, *kept, *dstate, *between, *down)
        module.backward(first, stop, width, new_tile(dtype), truncate or 0, *arrays)

    if B:  # without a sequence, a kernel would add up what nothing was written to
        parallel(work, batch)
    db, *own = (part.sum(axis=0) for part in sums)
    return db, own


def _operands(cell: Cell, cache: CpuCache) -> dict[Place, np.ndarray]:
    """Return what `_products` needs beside the slots, by its place in the plan, each (T * B, H)."""
    places = {place for stage in plan(cell).stages for place in (stage.operand, *(stage.du or ()))}
    found = {}
    for kind, k in places:
        if kind != "slot":
            part = cache.states[k][:-1] if kind == "old" else cache.extras[k]
            found[kind, k] = part.reshape(-1, part.shape[-1])
    return found


def _products(cell: Cell, slots, flat: dict[Place, np.ndarray], given: _Given, dV, dW, add: bool) -> np.ndarray:
    """Return dxs = da V; write or add dV = da^T x and dW = du^T q to where they belong."""
    (T, B, D), H = given.xs.shape, given.W.shape[1]
    da, xs = slots.reshape(T * B, len(dV)), given.xs.reshape(T * B, D)
    _multiply_transposed(da, 0, xs, dV, 0, len(dV), add)
    for stage in plan(cell).stages:
        for k, count, place in gradients_of(stage):
            du, left = (da, k * H) if place is None else (flat[place], 0)
            _multiply_transposed(du, left, flat[stage.operand], dW, k * H, count * H, add)
    flat.clear()
    dxs = np.empty((T * B, D), dV.dtype)
    _multiply(da, given.V, dxs)
    return dxs.reshape(T, B, D)


# -- Products, in shares of the rows of the result


def _multiply(A: np.ndarray, M: np.ndarray, C: np.ndarray) -> None:
    """Compute C = A M."""
    multiply, width = products().multiply, width_of(A.dtype)
    panels = lay_out(M, width)
    parallel(lambda a, b: multiply(A, panels, width, a, b, new_tile(A.dtype), C), shares(len(C), ROWS))


def _multiply_transposed(A, left: int, B: np.ndarray, C: np.ndarray, top: int, rows: int, add: bool) -> None:
    """Compute `rows` rows of C from `top` on: so many columns of A from `left` on, transposed, times B; with add, plus
    C.
    """
    from rnncore.engines.cpu.matrix import room

    width = width_of(A.dtype)

    def work(first: int, stop: int) -> None:
        space = aligned((room(len(A), B.shape[1], width),), A.dtype)
        products().transposed_product(A, left, B, first, stop, width, space, new_tile(A.dtype), C, top, add)

    parallel(work, shares(rows, ROWS))


# -- Kernels and arguments

_ready: set[str] = set()


def kernels(cell: Cell, dtype: str) -> ModuleType:
    """Return the cell's kernels, compiled or read from disk, with a word about it when that took time.

    dtype: its name, or NumPy's.
    """
    if dtype not in ("float32", "float64"):
        raise ValueError(f"xs: got dtype {dtype}, expected float32 or float64 for the engine 'cpu'")
    module = compiled(cell, dtype)
    if module.__name__ not in _ready:
        _ready.add(module.__name__)
        began = time.perf_counter()
        one = np.ones((1, 1, 1), dtype)
        G = len(cell.gates)
        params = Params(np.ones((G, 1), dtype), np.ones((G, 1), dtype), np.ones(G, dtype), (one[0, 0],) * len(cell.own))
        hs, _, cache = cpu_scan(cell, one, (one[0],) * len(cell.state), params)
        cpu_scan_backward(cell, hs, None, cache)
        if module.forward.stats.cache_misses:
            seconds = time.perf_counter() - began
            print(
                f"rnncore: compiled the {cell.name} for {dtype} in {seconds:.0f} s, once on this machine; "
                f"kept in {module.__file__}",
                file=sys.stderr,
            )
    return module


def blocks_of(cell: Cell, H: int) -> list[slice]:
    """Return the rows of W that each stage reads.

    cell: that is driven. H: units.
    """
    return [slice(stage.first * H, (stage.first + stage.gates) * H) for stage in plan(cell).stages]


def _given(cache: CpuCache) -> _Given:
    (T, B, _), params = cache.xs.shape, cache.params
    ends = np.full(B, T) if cache.lengths is None else as_numpy(cache.lengths)
    V, W, b, *own = (as_plain(part) for part in (*params[:3], *params.own))
    return _Given(as_plain(cache.xs), V, W, b, tuple(own), ends.astype(np.int64))


def _real(name: str, d: Array, like: Array) -> np.ndarray:
    """Return a gradient as a NumPy array with the dtype of `like`."""
    if "complex" in str(d.dtype):
        raise TypeError(f"d{name}: got dtype {d.dtype}, expected {like.dtype}, as the forward pass had")
    return as_numpy(d).astype(as_numpy(like).dtype, copy=False)
