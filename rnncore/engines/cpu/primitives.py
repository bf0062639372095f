"""What compiled kernels are made of: scalar functions that LLVM can vectorise, and raw pointers.

Imported by generated kernels only; it imports numba.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import extending, njit, types
from numba.extending import overload

__all__ = [
    "INT",
    "KEPT",
    "OPTIONS",
    "add_rows",
    "apart",
    "intrinsic",
    "load",
    "pointer",
    "relu",
    "shift",
    "sigmoid",
    "store",
    "tanh",
    "where",
]

OPTIONS = {"error_model": "numpy", "fastmath": {"contract"}, "nogil": True}
"""No exception for a division by zero, products and sums fused where the machine can, and other threads may run."""
KEPT = {**OPTIONS, "cache": True}
"""The same for functions that Python calls: their machine code is kept on disk."""

intrinsic: Any = extending.intrinsic  # whose type has a call take what only the compiler passes
INT = ir.IntType(32)
WIDE = '"prefer-vector-width"="512"'
"""LLVM's default is half of that on processors that once lowered their clock for it. Others take what they have."""


# -- Scalar functions. One set for float32 and float64; NumPy's own are not vectorised by LLVM.


@intrinsic
def _bits(typing, x):
    """Return the bits of a float as an integer of the same width."""
    integer = types.int32 if x == types.float32 else types.int64

    def code(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(integer))

    return integer(x), code


@intrinsic
def _float(typing, x):
    """Return a float from its bits."""
    floating = types.float32 if x == types.int32 else types.float64

    def code(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(floating))

    return floating(x), code


def _scalar_functions(dtype):
    """Make tanh and sigmoid for one dtype, by y = n ln 2 + r with |r| <= ln(2)/2 and exp(y) = 2^n exp(r).

    exp(r) - 1 is its Taylor polynomial: of degree 7 in float32 and 14 in float64 its remainder is below the rounding
    error. tanh |x| = e / (e + 2) with e = exp(2|x|) - 1 = 2^n (exp(r) - 1) + (2^n - 1): nothing cancels near 0.
    sigmoid x = e / (1 + e) with e = exp(x): nothing cancels in the left tail.
    """
    single = dtype is np.float32
    F, mantissa, bias, terms = (np.float32, 23, 127, 7) if single else (np.float64, 52, 1023, 14)
    I = np.int32 if single else np.int64
    cap = F(20 if single else 44)  # of 2|x|: beyond it tanh rounds to 1, and of x: beyond it sigmoid does
    least = F(-105 if single else -746)  # of x: before it sigmoid rounds to 0
    magic = F(1.5 * 2.0**mantissa)  # adding it leaves the nearest integer in the low bits
    base, one, two, zero = I(magic.view(I)), F(1), F(2), F(0)
    per_ln2 = F(1 / np.log(2))
    ln2_high = F(355 / 512) if single else F(float.fromhex("0x1.62e42feep-1"))  # n times it is exact
    ln2_low = F(np.log(np.longdouble(2)) - np.longdouble(ln2_high))
    factors = tuple(F(1 / math.factorial(k)) for k in range(terms, 1, -1))

    @njit(inline="always")
    def reduced(y):
        """Return n, and exp(r) - 1."""
        shifted = y * per_ln2 + magic
        n = shifted - magic
        r = (y - n * ln2_high) - n * ln2_low
        q = factors[0]
        for k in range(1, len(factors)):
            q = q * r + factors[k]
        return I(_bits(shifted) - base), r + r * r * q

    @njit(inline="always")
    def power(n):
        """Return 2^n, as long as it is neither subnormal nor infinite."""
        return _float(I((n + I(bias)) << I(mantissa)))

    @njit(forceinline=True, **OPTIONS)
    def tanh(x):
        y = abs(x) * two
        y = cap if y > cap else y  # NaN stays NaN
        n, q = reduced(y)
        p = power(n)
        e = p * q + (p - one)
        t = e / (e + two)
        return -t if x < zero else t

    @njit(forceinline=True, **OPTIONS)
    def sigmoid(x):
        y = cap if x > cap else x
        y = least if y < least else y
        n, q = reduced(y)
        half = I(n >> I(1))  # 2^n itself may be subnormal
        e = (one + q) * power(half) * power(I(n - half))
        return e / (one + e)

    return tanh, sigmoid


tanh32, sigmoid32 = _scalar_functions(np.float32)
tanh64, sigmoid64 = _scalar_functions(np.float64)


def tanh(x):
    """Return the hyperbolic tangent of a scalar, within 2 units in the last place; see `rnncore.ops.tanh`.

    x: an array.
    """
    raise NotImplementedError("tanh: called outside compiled code, expected rnncore.ops.tanh there")


def sigmoid(x):
    """Return 1 / (1 + exp(-x)) of a scalar, within 4 units in the last place; see `rnncore.ops.sigmoid`."""
    raise NotImplementedError("sigmoid: called outside compiled code, expected rnncore.ops.sigmoid there")


@overload(tanh, inline="always")
def _tanh(x):
    return (lambda x: tanh32(x)) if x == types.float32 else (lambda x: tanh64(x))


@overload(sigmoid, inline="always")
def _sigmoid(x):
    return (lambda x: sigmoid32(x)) if x == types.float32 else (lambda x: sigmoid64(x))


@njit(forceinline=True, **OPTIONS)
def relu(x):
    """Return max(0, x) of a scalar; NaN stays NaN."""
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
    """Return the address of one element of a contiguous array, counted flat."""
    result = types.CPointer(array.dtype)

    def code(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.gep(data, [args[1]])

    return result(array, types.intp), code


@intrinsic
def shift(typing, address, count):
    """Return the address `count` elements further on."""

    def code(context, builder, signature, args):
        return builder.gep(args[0], [args[1]])

    return address(address, types.intp), code


@intrinsic
def load(typing, address, index, place):
    """Return address[index]. place: a literal number, the same for every access through this address and no other's."""
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
    """Set address[index] = value; see `load`."""
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


# -- Sums


@njit(**OPTIONS)
def add_rows(rows, n, source, width, partial, total):
    """Add the sum of rows of source, `width` apart, to total (n,); they are summed by themselves first, in
    `partial`.
    """
    apart()
    for j in range(n):
        store(partial, j, load(source, j, 0), 1)
    for b in range(1, rows):
        line = shift(source, b * width)
        for j in range(n):
            store(partial, j, load(partial, j, 1) + load(line, j, 0), 1)
    for j in range(n):
        store(total, j, load(total, j, 2) + load(partial, j, 1), 2)
