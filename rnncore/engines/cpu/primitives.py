"""What compiled kernels are made of: scalar functions that LLVM can vectorise, raw pointers, and products of few rows.

Imported by generated kernels only; it imports numba.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload

__all__ = [
    "OPTIONS",
    "add_rows",
    "apart",
    "lay_out",
    "load",
    "panel_width",
    "pointer",
    "product",
    "relu",
    "shift",
    "sigmoid",
    "store",
    "tanh",
    "where",
]

OPTIONS = {"error_model": "numpy", "fastmath": {"contract"}, "nogil": True}
"""No exception for a division by zero, products and sums fused where the machine can, and other threads may run."""

INT = ir.IntType(32)
WIDE = '"prefer-vector-width"="512"'
"""LLVM's default is half of that on processors that once lowered their clock for it. Others take what they have."""


# -- Scalar functions. One set for float32 and float64; NumPy's own are not vectorised by LLVM.


@intrinsic
def _bits(typing, x):
    """The bits of a float as an integer of the same width."""
    integer = types.int32 if x == types.float32 else types.int64

    def code(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(integer))

    return integer(x), code


@intrinsic
def _float(typing, x):
    """A float from its bits."""
    floating = types.float32 if x == types.int32 else types.float64

    def code(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(floating))

    return floating(x), code


def _scalar_tanh(dtype):
    """tanh for one dtype: with e = exp(2|x|) - 1, tanh |x| = e / (e + 2), so that nothing cancels near 0.

    2|x| = n ln 2 + r with |r| <= ln(2)/2, and e = 2^n (exp(r) - 1) + (2^n - 1), exp(r) - 1 by its Taylor polynomial:
    of degree 7 in float32 and 14 in float64 its remainder is below the rounding error.
    """
    single = dtype is np.float32
    F, mantissa, bias, terms = (np.float32, 23, 127, 7) if single else (np.float64, 52, 1023, 14)
    I = np.int32 if single else np.int64  # noqa: E741
    cap = F(20 if single else 44)  # of 2|x|: beyond it tanh rounds to 1
    magic = F(1.5 * 2.0**mantissa)  # adding it leaves the nearest integer in the low bits
    base, one, two, zero = I(magic.view(I)), F(1), F(2), F(0)
    per_ln2 = F(1 / np.log(2))
    ln2_high = F(355 / 512) if single else F(float.fromhex("0x1.62e42feep-1"))  # n times it is exact
    ln2_low = F(np.log(np.longdouble(2)) - np.longdouble(ln2_high))
    factors = tuple(F(1 / math.factorial(k)) for k in range(terms, 1, -1))

    @njit(inline="always")
    def horner(r):
        q = factors[0]
        for k in range(1, len(factors)):
            q = q * r + factors[k]
        return q

    @njit(forceinline=True, **OPTIONS)
    def function(x):
        y = abs(x) * two
        y = cap if y > cap else y  # NaN stays NaN
        shifted = y * per_ln2 + magic
        n = shifted - magic
        r = (y - n * ln2_high) - n * ln2_low
        power = _float(I((_bits(shifted) - base + I(bias)) << I(mantissa)))
        e = power * (r + r * r * horner(r)) + (power - one)
        t = e / (e + two)
        return -t if x < zero else t

    return function


tanh32, tanh64 = _scalar_tanh(np.float32), _scalar_tanh(np.float64)


def tanh(x):
    """Hyperbolic tangent of a scalar, within 2 units in the last place; see `rnncore.ops.tanh`."""
    raise NotImplementedError("tanh: called outside compiled code, expected rnncore.ops.tanh there")


@overload(tanh, inline="always")
def _tanh(x):
    return (lambda x: tanh32(x)) if x == types.float32 else (lambda x: tanh64(x))


@njit(forceinline=True, **OPTIONS)
def sigmoid(x):
    """1 / (1 + exp(-x)) of a scalar, as `rnncore.ops.sigmoid` has it."""
    half = type(x)(0.5)
    return half + half * tanh(half * x)


@njit(forceinline=True, **OPTIONS)
def relu(x):
    """max(0, x) of a scalar; NaN stays NaN."""
    return x if x > 0 or x != x else type(x)(0)


@njit(forceinline=True, **OPTIONS)
def where(condition, yes, no):
    """Choose between scalars."""
    return yes if condition else no


# -- Memory. A kernel's pointers lead to places apart, and each access says so, or LLVM would have to assume otherwise.


@intrinsic
def apart(typing):
    """Keep the calling function out of line: what `load` and `store` say of its pointers holds for one call only."""

    def code(context, builder, signature, args):
        builder.function.attributes.add("noinline")
        set.add(builder.function.attributes, WIDE)
        return context.get_dummy_value()

    return types.none(), code


@intrinsic
def pointer(typing, array, index):
    """The address of one element of a contiguous array, counted flat."""
    result = types.CPointer(array.dtype)

    def code(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.gep(data, [args[1]])

    return result(array, types.intp), code


@intrinsic
def shift(typing, address, count):
    """The address `count` elements further on."""

    def code(context, builder, signature, args):
        return builder.gep(args[0], [args[1]])

    return address(address, types.intp), code


@intrinsic
def load(typing, address, index, place):
    """address[index]. place: a literal number, the same for every access through this address and no other's."""
    if not isinstance(place, types.IntegerLiteral):
        return None
    signature = address.dtype(address, types.intp, place)

    def code(context, builder, signature, args):
        value = builder.load(builder.gep(args[0], [args[1]]))
        _scoped(builder, value, place.literal_value)
        return value

    return signature, code


@intrinsic
def store(typing, address, index, value, place):
    """address[index] = value; see `load`."""
    if not isinstance(place, types.IntegerLiteral):
        return None

    def code(context, builder, signature, args):
        _scoped(builder, builder.store(args[2], builder.gep(args[0], [args[1]])), place.literal_value)
        return context.get_dummy_value()

    return types.none(address, types.intp, address.dtype, place), code


PLACES = 40


def _scoped(builder, instruction, place):
    """Mark an access as of `place` and apart from all others, in LLVM's terms alias.scope and noalias."""
    module = builder.module
    if not hasattr(module, "rnncore_places"):
        domain = module.add_metadata([ir.MetaDataString(module, "rnncore places")])
        scopes = [module.add_metadata([ir.MetaDataString(module, f"place {k}"), domain]) for k in range(PLACES)]
        module.rnncore_places = [
            (module.add_metadata([scopes[k]]), module.add_metadata([s for s in scopes if s is not scopes[k]]))
            for k in range(PLACES)
        ]
    mine, others = module.rnncore_places[place]
    instruction.set_metadata("alias.scope", mine)
    instruction.set_metadata("noalias", others)


# -- C = A M + beta C, for a few rows of A and a matrix M that stays the same for all steps. BLAS would lay M out anew at
#    every step; here it is laid out once, in panels as wide as one tile of C, which a loop over k keeps in registers.


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
def _multiply_tile(typing, k, A, lda, panel, ahead, beta, C, ldc, height):
    """C (height, width) = A (height, k) panel (k, width) + beta C; height: a literal number.

    ahead: what will be needed soon is fetched towards the cache from there on, one line for each step of k.
    """
    if not isinstance(height, types.IntegerLiteral):
        return None
    signature = types.none(types.intp, A, types.intp, A, A, A.dtype, A, types.intp, height)

    def code(context, builder, signature, args):
        k, A, lda, panel, ahead, beta, C, ldc, _ = args
        number = context.get_value_type(signature.args[1].dtype)
        lanes = REGISTER // context.get_abi_sizeof(number)
        vector, rows = ir.VectorType(number, lanes), signature.args[-1].literal_value
        sums = [[cgutils.alloca_once_value(builder, ir.Constant(vector, None)) for _ in range(ACROSS)]
                for _ in range(rows)]  # fmt: skip
        flags = ("contract",)

        def at(base, *offsets):
            for offset in offsets:
                base = builder.gep(base, [offset])
            return builder.bitcast(base, vector.as_pointer())

        def const(value):
            return ir.Constant(lda.type, value)

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
            line = builder.gep(panel, [builder.mul(loop.index, const(lanes * ACROSS))])
            m = [builder.load(at(line, const(lanes * q)), align=4) for q in range(ACROSS)]
            for r in range(rows):
                place = builder.add(builder.mul(const(r), lda), loop.index)
                a = spread(builder.load(builder.gep(A, [place])))
                for q in range(ACROSS):
                    product = builder.fmul(a, m[q], flags=flags)
                    builder.store(builder.fadd(product, builder.load(sums[r][q]), flags=flags), sums[r][q])
        keep = spread(beta)
        fresh = builder.fcmp_ordered("==", beta, ir.Constant(number, 0))
        with builder.if_else(fresh) as (then, otherwise):
            for branch, plus in ((then, False), (otherwise, True)):
                with branch:
                    for r in range(rows):
                        for q in range(ACROSS):
                            place = at(C, builder.mul(const(r), ldc), const(lanes * q))
                            value = builder.load(sums[r][q])
                            if plus:
                                before = builder.fmul(keep, builder.load(place, align=4), flags=flags)
                                value = builder.fadd(before, value, flags=flags)
                            builder.store(value, place, align=4)
        return context.get_dummy_value()

    return signature, code


@njit(**OPTIONS)
def _multiply_rows(rows, k, A, lda, panel, ahead, beta, C, ldc):
    """As `_multiply_tile`, for up to HEIGHT rows."""
    if rows == 6:
        _multiply_tile(k, A, lda, panel, ahead, beta, C, ldc, 6)
    elif rows == 5:
        _multiply_tile(k, A, lda, panel, ahead, beta, C, ldc, 5)
    elif rows == 4:
        _multiply_tile(k, A, lda, panel, ahead, beta, C, ldc, 4)
    elif rows == 3:
        _multiply_tile(k, A, lda, panel, ahead, beta, C, ldc, 3)
    elif rows == 2:
        _multiply_tile(k, A, lda, panel, ahead, beta, C, ldc, 2)
    else:
        _multiply_tile(k, A, lda, panel, ahead, beta, C, ldc, 1)


@njit(**OPTIONS)
def product(rows, n, k, A, lda, panels, width, beta, C, ldc, tile):
    """C (rows, n) = A (rows, k) M (k, n) + beta C, with M laid out by `lay_out`. tile: HEIGHT * width numbers."""
    groups, line = (rows + HEIGHT - 1) // HEIGHT, LINE * width // (REGISTER * ACROSS)
    for left in range(0, n, width):
        columns = min(width, n - left)
        panel = shift(panels, left * k)
        following = shift(panels, (left + width) * k if left + width < n else 0)
        for group in range(groups):
            top, bottom = rows * group // groups, rows * (group + 1) // groups
            a, c = shift(A, top * lda), shift(C, top * ldc + left)
            ahead = shift(following, min(group, width // line - 1) * line * k)
            if columns == width:
                _multiply_rows(bottom - top, k, a, lda, panel, ahead, beta, c, ldc)
            else:  # what is beyond the last column must not be written
                _multiply_rows(bottom - top, k, a, lda, panel, ahead, type(beta)(0), tile, width)
                _put(bottom - top, columns, tile, width, beta, c, ldc)


@njit(**OPTIONS)
def _put(rows, columns, tile, width, beta, C, ldc):
    """C = tile + beta C for the first columns of a tile."""
    apart()
    for r in range(rows):
        source, target = shift(tile, r * width), shift(C, r * ldc)
        for j in range(columns):
            before = beta * load(target, j, 1) if beta != 0 else beta
            store(target, j, load(source, j, 0) + before, 1)


@njit(**OPTIONS)
def lay_out(M, width, panels):
    """M (k, n) in panels of `width` columns, each row by row, the last one filled up with zeros."""
    k, n = M.shape
    for left in range(0, n, width):
        columns = min(width, n - left)
        for top in range(0, k, 16):  # squares, so that neither a row nor a column of M is read from afar
            for w in range(columns):
                for i in range(top, min(top + 16, k)):
                    panels[left * k + i * width + w] = M[i, left + w]
        for i in range(k):
            for w in range(columns, width):
                panels[left * k + i * width + w] = 0


@njit(**OPTIONS)
def add_rows(rows, n, source, width, partial, total):
    """total (n,) += the sum of rows of source, which are `width` apart; summed by themselves first, in `partial`."""
    apart()
    for j in range(n):
        store(partial, j, load(source, j, 0), 1)
    for b in range(1, rows):
        line = shift(source, b * width)
        for j in range(n):
            store(partial, j, load(partial, j, 1) + load(line, j, 0), 1)
    for j in range(n):
        store(total, j, load(total, j, 2) + load(partial, j, 1), 2)
