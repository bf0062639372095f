"""Which kernels a cell has, whether one launch can do all steps, and launching them."""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from types import ModuleType
from typing import Any

import torch

from rnncore.engines.cuda.generate import generate
from rnncore.engines.files import module_of
from rnncore.types import Cell

__all__ = ["announce", "interpreted", "kernels", "launch", "launch_all", "needed", "obstacle", "widest"]

DTYPES = {"float64": torch.float64, "float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
BLOCK, ROWS, WARPS = 256, 16, 8
"""Entries of a kernel's program in one step; sequences of one that does all steps, and its groups of 32 threads."""
WIDEST, EXACTLY = 128, 4 * 64 * 64
"""Columns of a tile; entries of W of float32 or float64. Such products are not for tensor cores, and with more entries
should take longer than launching each step: reckoned from the width of shared memory, not measured."""
SHARED = 227 * 1024
"""Bytes of shared memory that a program may have where the device does not say; an H100's."""


def obstacle(cell: Cell, dtype: str) -> str | None:
    """Return why no kernels can be made for this, or None.

    cell: that is driven. dtype: its name, or NumPy's.
    """
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


def interpreted() -> bool:
    """Say whether kernels are run by Triton's interpreter, on the CPU."""
    return os.environ.get("TRITON_INTERPRET") == "1"


def kernels(cell: Cell, dtype: torch.dtype) -> ModuleType:
    """Return the cell's kernels. Triton compiles each for a device at its first call, and keeps that on disk.

    dtype: its name, or NumPy's.
    """
    return _kernels(cell, "float64" if dtype == torch.float64 else "float32", interpreted())


@cache
def _kernels(cell: Cell, exact: str, _interpreted: bool) -> ModuleType:
    name = re.sub(r"[^a-z0-9]+", "_", cell.name.lower())
    return module_of(f"cuda_{name}_{exact}", generate(cell, exact))


_ready: set[tuple[Cell, torch.dtype, torch.device]] = set()


def announce(cell: Cell, xs: torch.Tensor) -> None:
    """Say at the first use in a process why it may take a while.

    cell: that is driven. xs: (T, B, D).
    """
    if xs.device.type == "cuda" and (key := (cell, xs.dtype, xs.device)) not in _ready:
        _ready.add(key)
        dtype = str(xs.dtype).removeprefix("torch.")
        print(
            f"rnncore: the {cell.name} for {dtype} on {xs.device}: Triton compiles its kernels at the first use of "
            "each size, and keeps them on disk",
            file=sys.stderr,
        )


def launch(kernel: Any, entries: int, *arguments: Any) -> None:
    """Run a kernel of one step, for so many entries of a state.

    arguments: those of the kernel.
    """
    kernel[(-(-entries // BLOCK),)](*arguments, BLOCK, enable_fp_fusion=True)


def widest(cell: Cell, W: torch.Tensor) -> int | None:
    """Return the columns of a tile where one launch can do all steps: a power of two that W's blocks fit in; None
    elsewhere.

    cell: that is driven.
    """
    if len(cell.stages) > 1:
        return None
    wide, size = max(16, 1 << (W.shape[1] - 1).bit_length()), W.element_size()
    small = wide <= WIDEST and (size == 2 or len(cell.gates) * wide * wide <= EXACTLY)
    return wide if small and needed(cell, wide, size) <= _shared(W.device) else None


def needed(cell: Cell, wide: int, size: int) -> int:
    """Return the bytes of shared memory of a program that does all steps, at most: W, what is multiplied by it, and
    passing numbers from thread to thread. size: bytes of a number.

    cell: that is driven. wide: as float64.
    """
    return len(cell.gates) * wide * wide * size + 2 * ROWS * wide * max(size, 4)


def _shared(device: torch.device) -> int:
    if device.type != "cuda":
        return SHARED
    return getattr(torch.cuda.get_device_properties(device), "shared_memory_per_block_optin", SHARED)


_too_large: set[tuple[Any, ...]] = set()


def launch_all(cell: Cell, name: str, W: torch.Tensor, B: int, *arguments: Any) -> bool:
    """Run a kernel for all steps, with these arguments before B; False, and nothing done, where it does not fit.

    cell: that is driven. name: of the module. W: (G*H, H).
    """
    wide = widest(cell, W)
    key = (cell, name, W.dtype, W.device, wide)
    if wide is None or key in _too_large:
        return False
    from triton.runtime.errors import OutOfResources

    H, G, kernel = W.shape[1], len(cell.gates), getattr(kernels(cell, W.dtype), name)
    try:
        kernel[(-(-B // ROWS),)](*arguments, B, H, G, ROWS, wide, interpreted(), num_warps=WARPS, enable_fp_fusion=True)
    except OutOfResources:
        _too_large.add(key)
        return False
    return True
