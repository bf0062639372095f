"""Which library multiplies matrices, and how it is called by address: SciPy's OpenBLAS, or the MKL inside torch.

NumPy's own OpenBLAS cannot be called without NumPy around it; SciPy's is the same library once more.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

__all__ = ["Blas", "available", "chosen"]

VARIABLE = "RNNCORE_BLAS"


@dataclass(frozen=True)
class Blas:
    """A library of matrix products. name: "openblas" or "mkl". kernel: what it says of itself.

    gemm: the address of sgemm and dgemm by dtype, in Fortran's convention with 32-bit integers.
    single: a context in which it works on one thread, for the calling thread at least.
    pack: (rows, n, k, M^T) -> numbers in MKL's layout, for `packed`, the address of cblas_sgemm_compute; or None.
    """

    name: str
    kernel: str
    gemm: dict[str, int]
    single: Callable
    pack: Callable[[int, np.ndarray, bool], np.ndarray] | None = None
    packed: int = 0

    def multiply(self, C: np.ndarray, A: np.ndarray, B: np.ndarray, beta: float = 0.0) -> None:
        """C = A B + beta C for matrices whose rows or columns are contiguous; C's rows are."""
        (m, k), n = A.shape, B.shape[1]
        if not (m and n):
            return
        if not k:
            C *= beta
            return
        real = ctypes.c_float if C.dtype == np.float32 else ctypes.c_double
        (left, lda), (right, ldb) = _layout(A), _layout(B)
        sizes = [ctypes.byref(ctypes.c_int(size)) for size in (n, m, k, ldb, lda, C.strides[0] // C.itemsize)]
        function = _FORTRAN(self.gemm[C.dtype.name])
        function(right, left, *sizes[:3], ctypes.byref(real(1)), B.ctypes.data, sizes[3], A.ctypes.data, sizes[4],
                 ctypes.byref(real(beta)), C.ctypes.data, sizes[5])  # fmt: skip


_FORTRAN = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, *[ctypes.c_void_p] * 11)


def _layout(x: np.ndarray) -> tuple[bytes, int]:
    """How Fortran, column by column, sees a matrix laid out row by row or as the transpose of one; its stride."""
    size = x.itemsize
    if x.strides[1] == size or x.shape[1] == 1:
        return b"N", max(x.strides[0] // size, x.shape[1])
    return b"T", max(x.strides[1] // size, x.shape[0])


@cache
def openblas() -> Blas:
    """The OpenBLAS that SciPy brings."""
    from numba.extending import get_cython_function_address
    from threadpoolctl import ThreadpoolController

    names = {"float32": "sgemm", "float64": "dgemm"}
    gemm = {dtype: get_cython_function_address("scipy.linalg.cython_blas", name) for dtype, name in names.items()}
    folder = "scipy"
    mine = [lib for lib in ThreadpoolController().lib_controllers if lib.user_api == "blas" and folder in lib.filepath]
    library = mine[-1] if mine else None

    @contextmanager
    def single() -> Iterator[None]:
        before = library.get_num_threads() if library else 1
        if before == 1:
            yield
            return
        library.set_num_threads(1)
        try:
            yield
        finally:
            library.set_num_threads(before)

    kernel = f"OpenBLAS {library.version}, kernel {library.architecture}" if library else "SciPy's BLAS"  # pyright: ignore
    return Blas("openblas", kernel, gemm, single)


@cache
def mkl() -> Blas | None:
    """The MKL that is linked into torch, if torch is imported and has one."""
    torch = sys.modules["torch"]
    path = Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"
    try:
        library = ctypes.CDLL(str(path))
        gemm = {"float32": library.sgemm_, "float64": library.dgemm_}
        size, pack, packed = library.cblas_sgemm_pack_get_size, library.cblas_sgemm_pack, library.cblas_sgemm_compute
        threads, version = library.MKL_Set_Num_Threads_Local, library.MKL_Get_Version_String
    except (OSError, AttributeError):
        return None
    size.restype = ctypes.c_size_t
    text = ctypes.create_string_buffer(200)
    version(text, 200)

    @contextmanager
    def single() -> Iterator[None]:
        before = threads(1)
        try:
            yield
        finally:
            threads(before)

    def laid_out(rows: int, M: np.ndarray, transposed: bool) -> np.ndarray:
        """M (k, n), or its transpose, as `packed` wants it for products with `rows` rows: float32, aligned."""
        k, n = M.shape[::-1] if transposed else M.shape
        space = np.empty(size(162, rows, n, k) // 4 + 16, np.float32)
        start = -space.ctypes.data % 64 // 4
        pack(101, 162, 112 if transposed else 111, rows, n, k, ctypes.c_float(1), ctypes.c_void_p(M.ctypes.data),
             M.shape[1], ctypes.c_void_p(space.ctypes.data + 4 * start))  # fmt: skip
        return space[start:]

    addresses = {dtype: _address(function) for dtype, function in gemm.items()}
    words = text.value.decode().split("Product")[0].replace("Intel(R) oneAPI Math Kernel Library", "MKL").split()
    return Blas("mkl", " ".join(words), addresses, single, laid_out, _address(packed))


def _address(function) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def available() -> dict[str, Blas]:
    """The libraries that can be called now, by name."""
    found = {"openblas": openblas()}
    if "torch" in sys.modules and (other := mkl()) is not None:
        found["mkl"] = other
    return found


@cache
def chosen() -> Blas:
    """The library in use, the same from the first call on.

    The environment variable RNNCORE_BLAS names it: "openblas", or "mkl", for which torch is imported. Otherwise it is
    MKL if torch is imported already and Intel made the processor, for there it is the faster one, and OpenBLAS if not.
    Raises ValueError for another name, or for "mkl" where torch has none.
    """
    name = os.environ.get(VARIABLE, "")
    if name not in ("", "openblas", "mkl"):
        raise ValueError(f"{VARIABLE}: got {name!r}, expected 'openblas' or 'mkl'")
    if name == "mkl":
        import torch  # noqa: F401  on request
    found = available()
    if name == "mkl" and "mkl" not in found:
        raise ValueError(f"{VARIABLE}: got 'mkl', expected 'openblas': this torch has no MKL that can be called")
    return found[name] if name else found["mkl" if "mkl" in found and _intel() else "openblas"]


def _intel() -> bool:
    try:
        return "GenuineIntel" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
