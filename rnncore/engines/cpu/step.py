"""One step at a time, for generation: the same kernels over buffers that are made once."""

from __future__ import annotations

import numpy as np

from rnncore.engines.cpu.arrays import aligned, as_plain, lay_out, new_tile, width_of
from rnncore.engines.cpu.compiled import products
from rnncore.engines.cpu.engine import blocks_of, kernels
from rnncore.engines.plan import plan
from rnncore.types import Array, Cell, Params

__all__ = ["CpuStep", "Product"]


class Product:
    """out = x M^T for a matrix M (n, k) that stays as it is; x (B, k) and out (B, n) are NumPy arrays."""

    def __init__(self, M: Array):
        M = as_plain(M)
        self._width = width_of(M.dtype)
        self._panels, self._tile = lay_out(M.T, self._width), new_tile(M.dtype)

    def __call__(self, x: np.ndarray, out: np.ndarray) -> None:
        products().multiply(x, self._panels, self._width, 0, len(x), self._tile, out)


class CpuStep:
    """One layer's step for B sequences, in place: nothing is allocated from one to the next.

    The weights are copied when it is made. Before each call the caller writes V x_t, without b, to `inputs` (B, G*H).
    """

    def __init__(self, cell: Cell, params: Params, B: int):
        W, b, *own = (as_plain(part) for part in (params.W, params.b, *params.own))
        (rows, H), dtype = W.shape, W.dtype
        width, blocks = width_of(dtype), blocks_of(cell, H)
        slots, most = aligned((1, B, rows), dtype), max(block.stop - block.start for block in blocks)
        self._states = [aligned((2, B, H), dtype) for _ in cell.state]
        extras = [aligned((1, B, H), dtype) for _ in range(plan(cell).extras)]
        self._forward = kernels(cell, dtype.name).forward
        u, ends, M = aligned((B * most,), dtype), np.ones(B, np.int64), [lay_out(W[block].T, width) for block in blocks]
        arrays = (slots, b, u, ends, *own, *self._states, *extras, *M)
        self._arguments = (0, B, width, new_tile(dtype), *arrays)
        self.inputs = slots[0]

    def __call__(self, state: tuple[np.ndarray, ...]) -> None:
        """Do a step. state: each part (B, H); written over with the next."""
        for buffer, part in zip(self._states, state):
            buffer[0] = part
        self._forward(*self._arguments)
        for buffer, part in zip(self._states, state):
            part[:] = buffer[1]
