"""The matrix products of the CPU engine: panels of one matrix, rows of the other, and blocks that fit the caches.

Why not BLAS: it lays both matrices out anew at every call, and here W stays the same for all steps of time. Laid out
once, the products of few rows ran up to twice as fast as OpenBLAS's and as fast as MKL's packed ones, the long products
a tenth slower than MKL's at worst; and no library's choice of kernel or count of threads matters any more.
`python -m benchmarks.layers` measures both.
"""

from __future__ import annotations

from numba import njit

from rnncore.engines.cpu.primitives import OPTIONS, apart, load, pointer, shift, store
from rnncore.engines.cpu.tile import ACROSS, HEIGHT, LINE, REGISTER, multiply_narrow, multiply_rows

__all__ = ["CLOSE", "lay_out", "multiply", "panel_width", "product", "room", "transposed_product"]

CLOSE = 2**18
"""Numbers of A that stay in the second cache while the panels pass by."""
DEPTH = 256
"""Rows of both matrices that `transposed_product` takes at a time."""
BLOCK = 480
"""Columns of A that it takes at a time."""


def panel_width(itemsize: int) -> int:
    """Return the columns of a panel.

    itemsize: bytes of a number.
    """
    return REGISTER // itemsize * ACROSS


def room(K: int, n: int, width: int) -> int:
    """Return how many numbers `transposed_product` needs beside its arguments, for K rows and n columns of B.

    width: columns of a panel.
    """
    return min(DEPTH, K) * (n + width + BLOCK) + (BLOCK // HEIGHT) * LINE // 4


@njit(**OPTIONS)
def product(rows, n, k, A, lda, panels, width, beta, C, ldc, tile):
    """Compute C (rows, n) = A (rows, k) M (k, n) + beta C, with M laid out by `lay_out`.

    tile: HEIGHT * width numbers.
    """
    groups, line = (rows + HEIGHT - 1) // HEIGHT, LINE * width // (REGISTER * ACROSS)
    for left in range(0, n, width):
        columns = min(width, n - left)
        panel = shift(panels, left * k)
        following = shift(panel, width * k) if left + width < n else panels
        for group in range(groups):
            top, bottom = rows * group // groups, rows * (group + 1) // groups
            a, c = shift(A, top * lda), shift(C, top * ldc + left)
            if columns == width:
                ahead = shift(following, min(group, width // line - 1) * line * k)
                multiply_rows(bottom - top, k, a, lda, 1, panel, ahead, beta, c, ldc)
            else:
                _multiply_last(bottom - top, columns, k, a, lda, 1, panel, width, beta, c, ldc, tile)


@njit(**OPTIONS)
def _multiply_last(rows, columns, k, A, down, along, panel, width, beta, C, ldc, tile):
    """Do as `multiply_rows` with a panel that is narrower: register by register, and what is left over through
    `tile`, for what is beyond the last column must not be written.
    """
    lanes, j = width // ACROSS, 0
    while j < columns:
        p = shift(panel, j * k)
        if columns - j >= lanes:
            multiply_narrow(rows, k, A, down, along, p, p, beta, shift(C, j), ldc)
        else:
            multiply_narrow(rows, k, A, down, along, p, p, type(beta)(0), tile, width)
            _put(rows, columns - j, tile, width, beta, shift(C, j), ldc)
        j += lanes


@njit(**OPTIONS)
def _put(rows, columns, tile, width, beta, C, ldc):
    """Compute C = tile + beta C for the first columns of a tile."""
    apart()
    for r in range(rows):
        source, target = shift(tile, r * width), shift(C, r * ldc)
        for j in range(columns):
            before = beta * load(target, j, 1) if beta != 0 else beta
            store(target, j, load(source, j, 0) + before, 1)


@njit(**OPTIONS)
def lay_out(M, width, panels):
    """Lay M (k, n) out in panels of `width` columns, each row by row; what is left over in panels of one register.

    Every panel is k rows deep, so the one of column j begins at j * k. The last is filled up with zeros.
    """
    k, n = M.shape
    lanes, j = width // ACROSS, 0
    while j < n:
        wide = width if n - j >= width else lanes
        columns = min(wide, n - j)
        if M.strides[1] == M.itemsize:
            _copy(k, columns, pointer(M, j), M.strides[0] // M.itemsize, pointer(panels, j * k), wide, type(M[0, 0])(0))
        else:
            for top in range(0, k, 16):  # squares, so that neither a row nor a column of M is read from afar
                for w in range(columns):
                    for i in range(top, min(top + 16, k)):
                        panels[j * k + i * wide + w] = M[i, j + w]
            for i in range(k):
                for w in range(columns, wide):
                    panels[j * k + i * wide + w] = 0
        j += wide


@njit(**OPTIONS)
def multiply(A, panels, width, first, stop, tile, C):
    """Compute rows first..stop - 1 of C (rows, n) = A (rows, k) M (k, n), M in panels."""
    k, n = A.shape[1], C.shape[1]
    block = max(8 * HEIGHT, CLOSE // max(k, 1))
    for top in range(first, stop, block):
        rows, a, c = min(block, stop - top), pointer(A, top * k), pointer(C, top * n)
        product(rows, n, k, a, k, pointer(panels, 0), width, type(A[0, 0])(0), c, n, pointer(tile, 0))


@njit(**OPTIONS)
def transposed_product(A, left, B, first, stop, width, space, tile, C, top, add):
    """Compute rows first..stop - 1 of C: C[top + i] = sum over t of A[t, left + i] B[t]; with add, that plus C.

    space: `room` numbers, for panels of B and, in groups of HEIGHT, a block of A.
    """
    (K, lda), n = A.shape, B.shape[1]
    zero, one = type(A[0, 0])(0), type(A[0, 0])(1)
    if K == 0 and not add:
        C[top + first : top + stop] = zero
    reused = n > 2 * width  # then it pays to lay A out, too
    for start in range(0, K, DEPTH):
        k, beta = min(DEPTH, K - start), zero if start == 0 and not add else one
        lay_out(B[start : start + k], width, space)
        panels, block, apart_by = pointer(space, 0), pointer(space, k * (n + width)), k * HEIGHT + LINE // 4
        for begin in range(first, stop, BLOCK):
            end = min(begin + BLOCK, stop)
            if reused:
                _gather(k, end - begin, pointer(A, start * lda + left + begin), lda, block, apart_by)
            for j in range(0, n, width):
                columns, panel = min(width, n - j), shift(panels, j * k)
                for i in range(begin, end, HEIGHT):
                    rows, c = min(HEIGHT, end - i), pointer(C, (top + i) * n + j)
                    group = (i - begin) // HEIGHT
                    a = shift(block, group * apart_by) if reused else pointer(A, start * lda + left + i)
                    along = HEIGHT if reused else lda
                    if columns == width:
                        multiply_rows(rows, k, a, 1, along, panel, panel, beta, c, n)
                    else:
                        _multiply_last(rows, columns, k, a, 1, along, panel, width, beta, c, n, pointer(tile, 0))


@njit(**OPTIONS)
def _gather(k, columns, source, width, target, apart_by):
    """Copy the first columns of k rows, `width` numbers apart, in groups of HEIGHT, each group row by row.

    Row after row, so that it is read as it lies in memory. apart_by: from group to group; with a line of the cache more
    than the group has, or the ends of all groups would fall into the same few places of the cache.
    """
    apart()
    whole = columns // HEIGHT
    for i in range(k):
        a, b = shift(source, i * width), shift(target, i * HEIGHT)
        for g in range(whole):
            a6, b6 = shift(a, g * HEIGHT), shift(b, g * apart_by)
            x0, x1, x2 = load(a6, 0, 0), load(a6, 1, 0), load(a6, 2, 0)
            x3, x4, x5 = load(a6, 3, 0), load(a6, 4, 0), load(a6, 5, 0)
            store(b6, 0, x0, 1)
            store(b6, 1, x1, 1)
            store(b6, 2, x2, 1)
            store(b6, 3, x3, 1)
            store(b6, 4, x4, 1)
            store(b6, 5, x5, 1)
        for j in range(whole * HEIGHT, columns):
            store(b, whole * apart_by + j - whole * HEIGHT, load(a, j, 0), 1)


@njit(**OPTIONS)
def _copy(rows, columns, source, width, target, wide, zero):
    """Copy the first columns of rows that are `width` apart, to rows that are `wide` long and filled up with zeros."""
    apart()
    for r in range(rows):
        a, b = shift(source, r * width), shift(target, r * wide)
        for j in range(columns):
            store(b, j, load(a, j, 0), 1)
        for j in range(columns, wide):
            store(b, j, zero, 1)
