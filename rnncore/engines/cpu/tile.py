"""One tile of a matrix product, held in vector registers over the whole sum. Written for LLVM: numba has no vectors."""

from __future__ import annotations

from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import njit, types
from numba.core import cgutils

from rnncore.engines.cpu.primitives import INT, OPTIONS, apart, intrinsic

__all__ = ["ACROSS", "HEIGHT", "LINE", "REGISTER", "multiply_narrow", "multiply_rows"]


def _registers() -> tuple[int, int]:
    """Return the bytes in a register, and how many registers make the width of a tile."""
    features = get_host_cpu_features()
    if features.get("avx512f", False):
        return 64, 4
    return (32, 2) if features.get("avx", False) else (16, 4)


REGISTER = _registers()[0]
"""Bytes in a vector register."""
ACROSS = _registers()[1]
"""Registers side by side in a tile."""
HEIGHT = 6
"""Rows of a tile: HEIGHT * ACROSS registers hold it, and leave room for a row of the panel."""
LINE = 64
"""Bytes in a line of the cache."""

FUSED = ("contract",)


class _Vectors:
    """What the code of a tile is made of. number: the type of a scalar, of which `lanes` fill a register."""

    def __init__(self, context, builder, number):
        self.builder, self.size = builder, context.get_abi_sizeof(number)
        self.lanes = REGISTER // self.size
        self.kind = ir.VectorType(number, self.lanes)

    def address(self, base, *offsets):
        for offset in offsets:
            base = self.builder.gep(base, [offset])
        return self.builder.bitcast(base, self.kind.as_pointer())

    def load(self, base, *offsets):
        return self.builder.load(self.address(base, *offsets), align=self.size)

    def store(self, value, base, *offsets):
        self.builder.store(value, self.address(base, *offsets), align=self.size)

    def zero(self):
        """Return a register with zeros; LLVM finds out that it need not be memory."""
        return cgutils.alloca_once_value(self.builder, ir.Constant(self.kind, None))

    def spread(self, x):
        """Return x in every lane."""
        none = ir.Constant(self.kind, ir.Undefined)
        one = self.builder.insert_element(none, x, ir.Constant(INT, 0))
        return self.builder.shuffle_vector(one, none, ir.Constant(ir.VectorType(INT, self.lanes), None))

    def product_plus(self, x, y, z):
        return self.builder.fadd(self.builder.fmul(x, y, flags=FUSED), z, flags=FUSED)

    def fetch(self, address):
        """Ask for a line of the cache, towards the second level; no more than a hint."""
        byte = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, INT, INT, INT])
        function = cgutils.get_or_insert_function(self.builder.module, kind, "llvm.prefetch.p0")
        read, level, data = (ir.Constant(INT, value) for value in (0, 2, 1))
        self.builder.call(function, [self.builder.bitcast(address, byte), read, level, data])


@intrinsic
def _multiply_tile(typing, k, A, down, along, panel, ahead, beta, C, ldc, height, across):
    """Compute C (height, width) = A (height, k) panel (k, width) + beta C; height, across: literal numbers.

    A's rows are `down` numbers apart, its columns `along`; the rows of C ldc. width: `across` registers.
    ahead: what will be needed soon is fetched from there on, one line for each step of k.
    """
    if not isinstance(height, types.IntegerLiteral) or not isinstance(across, types.IntegerLiteral):
        return None
    rows, wide = height.literal_value, across.literal_value
    signature = types.none(types.intp, A, types.intp, types.intp, A, A, A.dtype, A, types.intp, height, across)

    def code(context, builder, signature, args):
        k, A, down, along, panel, ahead, beta, C, ldc, _, _ = args
        number = context.get_value_type(signature.args[1].dtype)
        vectors = _Vectors(context, builder, number)
        places = [(r, q) for r in range(rows) for q in range(wide)]
        sums = {place: vectors.zero() for place in places}

        def const(value):
            return ir.Constant(k.type, value)

        with cgutils.for_range(builder, k) as loop:
            i = loop.index
            vectors.fetch(builder.gep(ahead, [builder.mul(i, const(LINE // vectors.size))]))
            line = builder.gep(panel, [builder.mul(i, const(vectors.lanes * wide))])
            m = [vectors.load(line, const(vectors.lanes * q)) for q in range(wide)]
            for r in range(rows):
                place = builder.add(builder.mul(const(r), down), builder.mul(i, along))
                a = vectors.spread(builder.load(builder.gep(A, [place])))
                for q in range(wide):
                    builder.store(vectors.product_plus(a, m[q], builder.load(sums[r, q])), sums[r, q])

        def target(r, q):
            return C, builder.mul(const(r), ldc), const(vectors.lanes * q)

        factor, fresh = vectors.spread(beta), builder.fcmp_ordered("==", beta, ir.Constant(number, 0))
        with builder.if_else(fresh) as (then, otherwise):
            with then:
                for place in places:
                    vectors.store(builder.load(sums[place]), *target(*place))
            with otherwise:
                for place in places:
                    before = vectors.load(*target(*place))
                    vectors.store(vectors.product_plus(factor, before, builder.load(sums[place])), *target(*place))
        return context.get_dummy_value()

    return signature, code


def _kernel(across):
    """Make `_multiply_tile` for up to HEIGHT rows, so many registers across."""

    @njit(**OPTIONS)
    def multiply(rows, k, A, down, along, panel, ahead, beta, C, ldc):
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

    return multiply


multiply_rows = _kernel(ACROSS)
"""C (rows, width) = A (rows, k) panel + beta C, for up to HEIGHT rows and a panel of full width."""
multiply_narrow = _kernel(1)
"""The same for a panel of one register."""
