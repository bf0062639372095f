"""The matrix products of the CPU engine, in numba: tiles of C kept in registers over a loop along k.

Why not BLAS: it lays both matrices out anew at every call, and here W stays the same for all steps of time. Laid out
once, the products of few rows ran 1.2 to 2 times as fast as OpenBLAS's and as fast as MKL's packed ones, the others as
fast as MKL's; and no library's choice of kernel or count of threads matters any more. `python -m benchmarks.layers`
measures both.
"""

from __future__ import annotations

from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from rnncore.engines.cpu.primitives import INT, KEPT, OPTIONS, apart, load, pointer, shift, store

__all__ = ["BLOCK", "DEPTH", "HEIGHT", "lay_out", "multiply", "panel_width", "product", "transposed_product"]


def _tile() -> tuple[int, int]:
    """Bytes in a vector register, and how many of them side by side make the width of a tile."""
    features = get_host_cpu_features()
    wide = features.get("avx512f", False)
    return (64, 4) if wide else (32, 2) if features.get("avx", False) else (16, 4)


REGISTER, ACROSS = _tile()
LINE = 64
"""Bytes in a line of the cache."""
HEIGHT = 6
"""Rows of a tile: HEIGHT * ACROSS registers hold it, and leave room for a row of M."""


def panel_width(itemsize: int) -> int:
    """Columns of a panel."""
    return REGISTER // itemsize * ACROSS


@intrinsic
def _multiply_tile(typing, k, A, down, along, panel, ahead, beta, C, ldc, height, across):
    """C (height, width) = A (height, k) panel (k, width) + beta C; height, across: literal numbers.

    A's rows are `down` numbers apart, its columns `along`; the rows of C ldc.
    ahead: what will be needed soon is fetched towards the cache from there on, one line for each step of k.
    """
    if not isinstance(height, types.IntegerLiteral) or not isinstance(across, types.IntegerLiteral):
        return None
    signature = types.none(types.intp, A, types.intp, types.intp, A, A, A.dtype, A, types.intp, height, across)

    def code(context, builder, signature, args):
        k, A, down, along, panel, ahead, beta, C, ldc, _, _ = args
        number = context.get_value_type(signature.args[1].dtype)
        lanes = REGISTER // context.get_abi_sizeof(number)
        vector, rows = ir.VectorType(number, lanes), signature.args[-2].literal_value
        wide = signature.args[-1].literal_value
        sums = [[cgutils.alloca_once_value(builder, ir.Constant(vector, None)) for _ in range(wide)]
                for _ in range(rows)]  # fmt: skip
        flags = ("contract",)

        def at(base, *offsets):
            for offset in offsets:
                base = builder.gep(base, [offset])
            return builder.bitcast(base, vector.as_pointer())

        def const(value):
            return ir.Constant(k.type, value)

        def spread(x):
            undefined = ir.Constant(vector, ir.Undefined)
            one = builder.insert_element(undefined, x, ir.Constant(INT, 0))
            return builder.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(INT, lanes), None))

        byte = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, INT, INT, INT])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        read, level, data = (ir.Constant(INT, value) for value in (0, 2, 1))
        with cgutils.for_range(builder, k) as loop:
            soon = builder.gep(ahead, [builder.mul(loop.index, const(LINE // context.get_abi_sizeof(number)))])
            builder.call(fetch, [builder.bitcast(soon, byte), read, level, data])
            line = builder.gep(panel, [builder.mul(loop.index, const(lanes * wide))])
            m = [builder.load(at(line, const(lanes * q)), align=4) for q in range(wide)]
            for r in range(rows):
                place = builder.add(builder.mul(const(r), down), builder.mul(loop.index, along))
                a = spread(builder.load(builder.gep(A, [place])))
                for q in range(wide):
                    product = builder.fmul(a, m[q], flags=flags)
                    builder.store(builder.fadd(product, builder.load(sums[r][q]), flags=flags), sums[r][q])
        keep = spread(beta)
        fresh = builder.fcmp_ordered("==", beta, ir.Constant(number, 0))
        with builder.if_else(fresh) as (then, otherwise):
            for branch, plus in ((then, False), (otherwise, True)):
                with branch:
                    for r in range(rows):
                        for q in range(wide):
                            place = at(C, builder.mul(const(r), ldc), const(lanes * q))
                            value = builder.load(sums[r][q])
                            if plus:
                                before = builder.fmul(keep, builder.load(place, align=4), flags=flags)
                                value = builder.fadd(before, value, flags=flags)
                            builder.store(value, place, align=4)
        return context.get_dummy_value()

    return signature, code


def _rows_kernel(across):
    """`_multiply_tile` for up to HEIGHT rows and so many registers across."""

    @njit(**OPTIONS)
    def multiply_rows(rows, k, A, down, along, panel, ahead, beta, C, ldc):
        apart()
        if rows == 6:
            _multiply_tile(k, A, down, along, panel, ahead, beta, C, ldc, 6, across)
        elif rows == 5:
            _multiply_tile(k, A, down, along, panel, ahead, beta, C, ldc, 5, across)
        elif rows == 4:
            _multiply_tile(k, A, down, along, panel, ahead, beta, C, ldc, 4, across)
        elif rows == 3:
            _multiply_tile(k, A, down, along, panel, ahead, beta, C, ldc, 3, across)
        elif rows == 2:
            _multiply_tile(k, A, down, along, panel, ahead, beta, C, ldc, 2, across)
        else:
            _multiply_tile(k, A, down, along, panel, ahead, beta, C, ldc, 1, across)

    return multiply_rows


_multiply_rows, _multiply_narrow = _rows_kernel(ACROSS), _rows_kernel(1)


@njit(**OPTIONS)
def product(rows, n, k, A, lda, panels, width, beta, C, ldc, tile):
    """C (rows, n) = A (rows, k) M (k, n) + beta C, with M laid out by `lay_out`. tile: HEIGHT * width numbers."""
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
                _multiply_rows(bottom - top, k, a, lda, 1, panel, ahead, beta, c, ldc)
            else:
                _multiply_last(bottom - top, columns, k, a, lda, 1, panel, width, beta, c, ldc, tile)


@njit(**OPTIONS)
def _multiply_last(rows, columns, k, A, down, along, panel, width, beta, C, ldc, tile):
    """As `_multiply_rows` with a panel that is narrower: register by register, and what is left over through `tile`,
    for what is beyond the last column must not be written."""
    lanes, j = width // ACROSS, 0
    while j < columns:
        p = shift(panel, j * k)
        if columns - j >= lanes:
            _multiply_narrow(rows, k, A, down, along, p, p, beta, shift(C, j), ldc)
        else:
            _multiply_narrow(rows, k, A, down, along, p, p, type(beta)(0), tile, width)
            _put(rows, columns - j, tile, width, beta, shift(C, j), ldc)
        j += lanes


@njit(**OPTIONS)
def _put(rows, columns, tile, width, beta, C, ldc):
    """C = tile + beta C for the first columns of a tile."""
    apart()
    for r in range(rows):
        source, target = shift(tile, r * width), shift(C, r * ldc)
        for j in range(columns):
            before = beta * load(target, j, 1) if beta != 0 else beta
            store(target, j, load(source, j, 0) + before, 1)


@njit(**KEPT)
def lay_out(M, width, panels):
    """M (k, n) in panels of `width` columns, each row by row; what is left over in panels of one register.

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


@njit(**KEPT)
def multiply(A, panels, width, first, stop, tile, C):
    """Rows first..stop - 1 of C (rows, n) = A (rows, k) M (k, n), M in panels."""
    k, n = A.shape[1], C.shape[1]
    block = max(8 * HEIGHT, CLOSE // max(k, 1))
    for top in range(first, stop, block):
        product(min(block, stop - top), n, k, pointer(A, top * k), k, pointer(panels, 0), width, type(A[0, 0])(0),
                pointer(C, top * n), n, pointer(tile, 0))  # fmt: skip


CLOSE = 2**18
"""Numbers of A that stay in the second cache while the panels pass by."""
DEPTH, BLOCK = 512, 480
"""Of `transposed_product`, the rows of both matrices and the columns of A that are taken at a time."""


@njit(**KEPT)
def transposed_product(A, left, B, first, stop, width, space, tile, C, top):
    """Rows first..stop - 1 of a block of C: C[top + i] = sum over t of A[t, left + i] B[t].

    space: DEPTH * (n + 2 * width + BLOCK) numbers, for panels of B and, in groups of HEIGHT, a block of A.
    """
    (K, lda), n = A.shape, B.shape[1]
    zero, one = type(A[0, 0])(0), type(A[0, 0])(1)
    if K == 0:
        C[top + first : top + stop] = zero
    reused = n > 2 * width  # then it pays to lay A out, too
    for start in range(0, K, DEPTH):
        k, beta = min(DEPTH, K - start), zero if start == 0 else one
        lay_out(B[start : start + k], width, space)
        panels, block = pointer(space, 0), pointer(space, DEPTH * (n + width))
        for begin in range(first, stop, BLOCK):
            end = min(begin + BLOCK, stop)
            if reused:
                for i in range(begin, end, HEIGHT):
                    _gather(k, min(HEIGHT, end - i), pointer(A, start * lda + left + i), lda,
                            shift(block, (i - begin) * k))  # fmt: skip
            for j in range(0, n, width):
                columns, panel = min(width, n - j), shift(panels, j * k)
                for i in range(begin, end, HEIGHT):
                    rows, c = min(HEIGHT, end - i), pointer(C, (top + i) * n + j)
                    a = shift(block, (i - begin) * k) if reused else pointer(A, start * lda + left + i)
                    along = HEIGHT if reused else lda
                    if columns == width:
                        _multiply_rows(rows, k, a, 1, along, panel, panel, beta, c, n)
                    else:
                        _multiply_last(rows, columns, k, a, 1, along, panel, width, beta, c, n, pointer(tile, 0))


@njit(**OPTIONS)
def _gather(k, columns, source, width, target):
    """The first columns of k rows that are `width` apart, to rows of HEIGHT."""
    apart()
    if columns == 6:
        for i in range(k):
            a, b = shift(source, i * width), shift(target, i * HEIGHT)
            x0, x1, x2 = load(a, 0, 0), load(a, 1, 0), load(a, 2, 0)
            x3, x4, x5 = load(a, 3, 0), load(a, 4, 0), load(a, 5, 0)
            store(b, 0, x0, 1)
            store(b, 1, x1, 1)
            store(b, 2, x2, 1)
            store(b, 3, x3, 1)
            store(b, 4, x4, 1)
            store(b, 5, x5, 1)
    else:
        for i in range(k):
            for j in range(columns):
                store(target, i * HEIGHT + j, load(source, i * width + j, 0), 1)


@njit(**OPTIONS)
def _copy(rows, columns, source, width, target, wide, zero):
    """The first columns of rows that are `width` apart, to rows that are `wide` long and filled up with zeros."""
    apart()
    for r in range(rows):
        a, b = shift(source, r * width), shift(target, r * wide)
        for j in range(columns):
            store(b, j, load(a, j, 0), 1)
        for j in range(columns, wide):
            store(b, j, zero, 1)
