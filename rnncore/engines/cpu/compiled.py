"""Kernels as modules: one for a cell and a dtype, written once and kept on disk, with its machine code beside it."""

from __future__ import annotations

import importlib.util
import re
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

from rnncore.engines.cpu.generate import generate
from rnncore.engines.files import module_of
from rnncore.engines.record import device_of, dtype_of
from rnncore.types import Array, Cell

__all__ = ["compiled", "obstacle", "products"]

SOURCES = ("primitives.py", "tile.py", "matrix.py")

PRODUCTS = '''"""The matrix products that all cells share, made by rnncore.engines.cpu.compiled. Do not edit."""

from numba import njit

from rnncore.engines.cpu import matrix
from rnncore.engines.cpu.primitives import KEPT


@njit(**KEPT)
def lay_out(M, width, panels):
    matrix.lay_out(M, width, panels)


@njit(**KEPT)
def multiply(A, panels, width, first, stop, tile, C):
    matrix.multiply(A, panels, width, first, stop, tile, C)


@njit(**KEPT)
def transposed_product(A, left, B, first, stop, width, space, tile, C, top, add):
    matrix.transposed_product(A, left, B, first, stop, width, space, tile, C, top, add)
'''


def obstacle(cell: Cell, xs: Array) -> str | None:
    """Return why no kernels can be made for this, or None.

    cell: that is driven. xs: (T, B, D).
    """
    if device_of(xs) != "cpu":
        return f"the arrays are of {device_of(xs) or type(xs).__module__}"
    if dtype_of(xs) not in ("float32", "float64"):
        return f"the dtype is {dtype_of(xs)}, not float32 or float64"
    return _uncompilable(cell)


@cache
def _uncompilable(cell: Cell) -> str | None:
    if importlib.util.find_spec("numba") is None:
        return "numba is not installed"
    try:
        generate(cell, "float32")
    except ValueError as error:
        return str(error)
    return None


@lru_cache(maxsize=64)
def compiled(cell: Cell, dtype: str) -> ModuleType:
    """Return the module with a cell's `forward` and `backward`, which numba compiles or finds on disk at their first
    call.

    Raises ValueError, saying why, for a cell that cannot be compiled.
    """
    return _module(re.sub(r"[^a-z0-9]+", "_", cell.name.lower()) + f"_{dtype}", generate(cell, dtype))


@cache
def products() -> ModuleType:
    """Return the module with `lay_out`, `multiply` and `transposed_product`."""
    return _module("products", PRODUCTS)


def _module(name: str, text: str) -> ModuleType:
    """Return a module with this text. numba watches one file alone, so its name depends on all that goes into it."""
    beside = "".join(Path(__file__).with_name(source).read_text(encoding="utf-8") for source in SOURCES)
    return module_of(name, text, beside)
