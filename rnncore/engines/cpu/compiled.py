"""Kernels as modules: one for a cell and a dtype, written once and kept on disk, with its machine code beside it."""

from __future__ import annotations

import getpass
import hashlib
import importlib.util
import os
import re
import sys
import tempfile
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

import pooch

from rnncore.engines.cpu.generate import generate
from rnncore.types import Cell

__all__ = ["compiled", "kernel_folder", "products"]

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


def kernel_folder() -> Path:
    """Where kernels are kept: RNNCORE_KERNELS, or a folder in the user's cache."""
    return Path(os.environ.get("RNNCORE_KERNELS") or Path(pooch.os_cache("rnncore")) / "kernels")


@lru_cache(maxsize=64)
def compiled(cell: Cell, dtype: str) -> ModuleType:
    """The module with a cell's `forward` and `backward`, which numba compiles or finds on disk at their first call.

    Raises ValueError, saying why, for a cell that cannot be compiled.
    """
    return _module(re.sub(r"[^a-z0-9]+", "_", cell.name.lower()) + f"_{dtype}", generate(cell, dtype))


@cache
def products() -> ModuleType:
    """The module with `lay_out`, `multiply` and `transposed_product`."""
    return _module("products", PRODUCTS)


def _module(name: str, text: str) -> ModuleType:
    """A module with this text. numba watches one file alone, so the name holds a hash of all that goes into it."""
    beside = "".join(Path(__file__).with_name(source).read_text(encoding="utf-8") for source in SOURCES)
    key = hashlib.sha256((text + beside).encode()).hexdigest()[:16]
    return _imported(_written(f"{name}_{key}", text))


def _written(name: str, text: str) -> Path:
    """The file with this text, written in one piece, or in a folder of its own where the cache cannot be written."""
    for folder in (kernel_folder(), Path(tempfile.gettempdir()) / f"rnncore-kernels-{getpass.getuser()}"):
        path = folder / f"{name}.py"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
                continue  # what lies there is run, so it must not be another user's
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                with tempfile.NamedTemporaryFile(
                    "w", dir=folder, suffix=".tmp", delete=False, encoding="utf-8"
                ) as file:
                    file.write(text)
                os.replace(file.name, path)
            return path
        except OSError:
            continue
    raise OSError(f"kernels: found no folder to write to, expected {kernel_folder()}; set RNNCORE_KERNELS")


def _imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"rnncore_kernels.{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
