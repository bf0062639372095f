"""What compiled kernels are made of: scalar functions that LLVM can vectorise, raw pointers, and a call of BLAS.

Imported by generated kernels only; it imports numba.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload

__all__ = [
    "OPTIONS",
    "PACKED",
    "PLAIN",
    "TURNED",
    "VECTOR",
    "add_rows",
    "apart",
    "blas",
    "blas_packed",
    "load",
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


# -- BLAS, by the address of its function: a compiled kernel that is kept on disk then holds no address of its own.


@intrinsic
def blas(typing, function, left, right, m, n, k, A, lda, B, ldb, beta, C, ldc):
    """C = op(A) op(B) + beta C, column by column, as Fortran's gemm has it. left, right: ord("N") or ord("T")."""
    real = A.dtype
    signature = types.none(types.int64, types.uint8, types.uint8, types.int64, types.int64, types.int64, A,
                           types.int64, A, types.int64, real, A, types.int64)  # fmt: skip

    def code(context, builder, signature, args):
        function, left, right, m, n, k, a, lda, b, ldb, beta, c, ldc = args
        char, number = ir.IntType(8), context.get_value_type(real)

        def kept(value, kind):
            place = cgutils.alloca_once(builder, kind)
            builder.store(value, place)
            return place

        def integer(value):
            return kept(builder.trunc(value, INT), INT)

        one = ir.Constant(number, 1)
        passed = [kept(left, char), kept(right, char), integer(m), integer(n), integer(k), kept(one, number), a,
                  integer(lda), b, integer(ldb), kept(beta, number), c, integer(ldc)]  # fmt: skip
        kind = ir.FunctionType(ir.VoidType(), [value.type for value in passed])
        builder.call(builder.inttoptr(function, kind.as_pointer()), passed)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def blas_packed(typing, function, m, n, k, A, lda, packed, beta, C, ldc):
    """C = A B + beta C, row by row, with a B that `cblas_gemm_pack` has laid out before: MKL's cblas_gemm_compute."""
    real = A.dtype
    signature = types.none(
        types.int64, types.int64, types.int64, types.int64, A, types.int64, A, real, A, types.int64
    )

    def code(context, builder, signature, args):
        function, m, n, k, a, lda, packed, beta, c, ldc = args

        def integer(value):
            return builder.trunc(value, INT)

        row_major, plain, ready = (ir.Constant(INT, number) for number in (101, 111, 151))
        passed = [row_major, plain, ready, integer(m), integer(n), integer(k), a, integer(lda), packed,
                  integer(n), beta, c, integer(ldc)]  # fmt: skip
        kind = ir.FunctionType(ir.VoidType(), [value.type for value in passed])
        builder.call(builder.inttoptr(function, kind.as_pointer()), passed)
        return context.get_dummy_value()

    return signature, code


# -- C = A M + beta C for a few rows of A and a matrix M that stays the same for all steps.

PLAIN, PACKED, TURNED, VECTOR = range(4)
"""How a product is done. PLAIN: M row by row. PACKED: M as MKL lays it out. TURNED: M transposed, and the result too,
which is turned back: better kernels of BLAS for few rows. VECTOR: one row, no BLAS."""


@njit(**OPTIONS)
def product(way, function, rows, n, k, A, lda, M, beta, C, ldc, scratch):
    """C (rows, n) = A (rows, k) M (k, n) + beta C. scratch: n * rows numbers, for TURNED."""
    if way == PACKED:
        blas_packed(function, rows, n, k, A, lda, M, beta, C, ldc)
    elif way == VECTOR:
        _vector_matrix(n, k, A, M, beta, C)
    elif way == TURNED:
        blas(function, ord("T"), ord("N"), rows, n, k, A, lda, M, k, type(beta)(0), scratch, rows)
        _turn(rows, n, scratch, beta, C, ldc)
    else:
        blas(function, ord("N"), ord("N"), n, rows, k, M, n, A, lda, beta, C, ldc)


@njit(**OPTIONS)
def _turn(rows, n, source, beta, C, ldc):
    """C (rows, n) = transpose of source (n, rows) + beta C, in tiles that fit the nearest cache."""
    apart()
    for start in range(0, n, 16):
        stop = min(start + 16, n)
        for b in range(rows):
            line = shift(C, b * ldc)
            if beta == 0:
                for j in range(start, stop):
                    store(line, j, load(source, j * rows + b, 0), 1)
            else:
                for j in range(start, stop):
                    store(line, j, load(line, j, 1) + load(source, j * rows + b, 0), 1)


@njit(**OPTIONS)
def _vector_matrix(n, k, a, M, beta, c):
    """c (n,) = a (k,) M (k, n) + beta c, four rows of M at a time."""
    apart()
    if beta == 0:
        for j in range(n):
            store(c, j, beta, 2)
    whole = k - k % 4
    for i in range(0, whole, 4):
        a0, a1, a2, a3 = load(a, i, 0), load(a, i + 1, 0), load(a, i + 2, 0), load(a, i + 3, 0)
        m0 = shift(M, i * n)
        m1, m2, m3 = shift(m0, n), shift(m0, 2 * n), shift(m0, 3 * n)
        for j in range(n):
            left = a0 * load(m0, j, 1) + a1 * load(m1, j, 1)
            right = a2 * load(m2, j, 1) + a3 * load(m3, j, 1)
            store(c, j, load(c, j, 2) + (left + right), 2)
    for i in range(whole, k):
        ai, m = load(a, i, 0), shift(M, i * n)
        for j in range(n):
            store(c, j, load(c, j, 2) + ai * load(m, j, 1), 2)


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
