"""The array functions that the equations use, for whichever library the arrays come from.

Nothing here moves data between devices or libraries. Mixing two libraries is an error of the array API.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import array_api_compat as compat
import array_api_compat.numpy as compat_numpy
import numpy as np

from rnncore.types import Array

__all__ = [
    "add_rows", "asarray_like", "check_floating", "check_ids", "check_integers", "check_lengths", "check_own_sizes",
    "check_sizes", "concat", "contiguous", "copied", "log_softmax", "logsumexp", "namespace", "one_hot", "pick",
    "plain", "read_only", "relu", "select", "sigmoid", "softmax", "softplus", "split", "stack", "take_rows", "tanh",
    "to_device", "to_numpy", "where", "zeros",
]  # fmt: skip

FLOATING = ("real floating", "complex floating")


def namespace(*arrays: Array) -> Any:
    """Return the array-API namespace that `arrays` share."""
    if all(type(array) is np.ndarray for array in arrays):  # the common case, many times a step
        return compat_numpy
    return compat.array_namespace(*arrays)


def check_floating(**arrays: Array) -> None:
    """Check that all arrays are floating or complex, and of the library, device and dtype of the first.

    A complex array may stand beside real ones, as a complex step has them, of whatever dtype.
    Raises TypeError for what is no array, another dtype or another library, ValueError for another device, each
    naming the argument by its keyword.
    """
    first, example = next(iter(arrays.items()))
    for name, x in arrays.items():
        if not _is_array(x):
            raise TypeError(f"{name}: got a {type(x).__name__}, expected an array")
        if type(x) is not type(example) and namespace(x) is not namespace(example):
            library = namespace(example).__name__
            raise TypeError(f"{name}: got a {type(x).__module__} array, expected the library of {first}, {library}")
        if compat.device(x) != compat.device(example):
            place = compat.device(example)
            raise ValueError(f"{name}: got an array on {compat.device(x)}, expected the device of {first}, {place}")
        if (x is example or x.dtype != example.dtype) and not namespace(x).isdtype(x.dtype, FLOATING):
            raise TypeError(f"{name}: got dtype {x.dtype}, expected a floating one")
        if x.dtype != example.dtype and not _complex(x) and not _complex(example):
            raise TypeError(
                f"{name}: got dtype {x.dtype}, expected that of {first}, {example.dtype}; convert one of them"
            )


def check_integers(name: str, x: Array) -> None:
    """Check that `x` is an array of integers; name: its own, for the message.

    Raises TypeError, naming the argument, if not: indexing would round or crash.
    """
    if not _is_array(x):
        raise TypeError(f"{name}: got a {type(x).__name__}, expected an array of integers")
    if not namespace(x).isdtype(x.dtype, "integral"):
        raise TypeError(f"{name}: got dtype {x.dtype}, expected integers")


def check_ids(name: str, x: Array, size: int) -> None:
    """Check that `x` is an array of integers in 0..size-1; name: its own, for the message.

    Raises TypeError or ValueError: indexing wraps what is negative.
    """
    check_integers(name, x)
    xp = namespace(x)
    if math.prod(x.shape) and not 0 <= int(xp.min(x)) <= int(xp.max(x)) < size:
        raise ValueError(f"{name}: got values in {int(xp.min(x))}..{int(xp.max(x))}, expected 0..{size - 1}")


def check_sizes(least: int = 1, /, **sizes: Any) -> tuple[int, ...]:
    """Return the sizes as Python integers, which do not overflow. The one check of every size and count.

    Integers of Python and of NumPy pass. Raises ValueError, naming the argument, for a boolean, for what is no integer,
    and for one below `least`.
    """
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < least:
            raise ValueError(f"{name}: got {size!r}, expected an integer, at least {least}")
    return tuple(int(size) for size in sizes.values())


def check_own_sizes(record: Any, *names: str, least: int = 1) -> None:
    """Check the fields `names` of a dataclass record by `check_sizes`, with `least`; make them Python integers."""
    for name, size in zip(names, check_sizes(least, **{name: getattr(record, name) for name in names})):
        object.__setattr__(record, name, size)


def check_lengths(lengths: Any, T: int, B: int | None = None, least: int = 0) -> None:
    """Check that `lengths` are integers in least..T, one for each of B sequences.

    Raises TypeError for another dtype, ValueError for another shape or values outside.
    """
    check_integers("lengths", lengths)
    if len(lengths.shape) != 1 or (B is not None and tuple(lengths.shape) != (B,)):
        expected = "(B,)" if B is None else f"(B,) = {(B,)}"
        raise ValueError(f"lengths: got shape {tuple(lengths.shape)}, expected {expected}")
    xp = namespace(lengths)
    if lengths.shape[0] and not least <= int(xp.min(lengths)) <= int(xp.max(lengths)) <= T:
        raise ValueError(f"lengths: got {to_numpy(lengths).tolist()}, expected integers in {least or 0}..T with T={T}")


def read_only(x: Array) -> Array:
    """Return x; a NumPy array can no longer be written to, because a cache holds it, or may."""
    if type(x) is np.ndarray:
        x.flags.writeable = False
    return x


def plain(number: Any) -> Any:
    """Return a number as Python's own, which leaves the dtype of an array as it is; NumPy's would promote it."""
    return number.item() if isinstance(number, np.generic) else number


def select(mask: Array | None, x: Array) -> Array:
    """Return x where the mask is true and 0 elsewhere, whatever stood there, NaN and infinity too; x itself for None.

    mask: booleans whose axes are the leading ones of x.
    """
    if mask is None:
        return x
    keep = asarray_like(mask, x)
    return where(keep[(..., *(None,) * (len(x.shape) - len(keep.shape)))], x, zeros((), x))


def _complex(x):
    return namespace(x).isdtype(x.dtype, "complex floating")


def _is_array(x: Any) -> bool:
    return compat.is_array_api_obj(x)


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent of x, elementwise. Complex arguments pass through."""
    return namespace(x).tanh(x)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)), elementwise, within 4 units in the last place, down to where it is 0.

    It is e / (1 + e) with e = exp(x), which keeps the left tail, unlike (1 + tanh(x/2)) / 2, and x cut off where the
    result is 1, so that nothing overflows. A complex step passes: there the right half is 1 / (1 + exp(-x)), in which
    the slope does not cancel either. The slope y (1 - y) of a cell is as exact as y on the left; on the right, where
    y rounds to 1, its absolute error is at most half a unit in the last place of 1, for y is all that a cell keeps.
    """
    xp = namespace(x)
    if xp.isdtype(x.dtype, "complex floating"):
        right = xp.real(x) > 0
        e = xp.exp(xp.where(right, -x, x))
        return xp.where(right, xp.ones_like(e), e) / (1 + e)
    if type(x) is np.ndarray and x.ndim:  # the same in one buffer: down to half the time where arrays are large
        e = np.minimum(x, _top(xp, x.dtype))
        np.exp(e, out=e)
        e /= 1 + e
        return e
    e = xp.exp(xp.clip(x, max=_top(xp, x.dtype)))
    return e / (1 + e)


@cache
def _top(xp: Any, dtype: Any) -> float:
    """Return a number from which on the sigmoid of this dtype rounds to 1, and whose exponential it holds."""
    return 2 - math.log(float(xp.finfo(dtype).eps))


def relu(x: Array) -> Array:
    """Return max(0, x), elementwise; a complex entry passes when its real part is positive."""
    xp = namespace(x)
    real = xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x
    return x * xp.astype(real > 0, x.dtype)


def log_softmax(x: Array) -> Array:
    """Return the logarithm of softmax of x over the last axis, safe for large entries.

    >>> log_softmax(np.array([1000.0, 1000.0]))
    array([-0.69314718, -0.69314718])
    """
    xp = namespace(x)
    real = xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x
    shifted = x - xp.max(real, axis=-1, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-1, keepdims=True))


def logsumexp(x: Array) -> Array:
    """Return log sum_j exp(x_j) over the last axis, safe for large entries.

    x: (..., K), real; the result is (...).

    >>> float(logsumexp(np.array([1000.0, 1000.0])))
    1000.6931471805599
    """
    xp = namespace(x)
    largest = xp.max(x, axis=-1, keepdims=True)
    return (largest + xp.log(xp.sum(xp.exp(x - largest), axis=-1, keepdims=True)))[..., 0]


def softplus(x: Array) -> Array:
    """Return log(1 + exp(x)), elementwise, within 4 units in the last place, tails included; minus log sigmoid(-x).

    x: real, of any shape.

    >>> softplus(np.array([-40.0, 0.0, 1000.0])).tolist()
    [4.248354255291589e-18, 0.6931471805599453, 1000.0]
    """
    xp = namespace(x)
    return xp.clip(x, min=0) + xp.log1p(xp.exp(-abs(x)))


def softmax(x: Array) -> Array:
    """Return exp(x_k) / sum_j exp(x_j) over the last axis."""
    return namespace(x).exp(log_softmax(x))


def split(x: Array, parts: int) -> tuple[Array, ...]:
    """Cut the last axis of x into `parts` equal pieces (views). Raises ValueError if it cannot be."""
    size, rest = divmod(x.shape[-1], parts)
    if rest:
        raise ValueError(f"x: got shape {tuple(x.shape)}, expected a last axis that {parts} divides")
    return tuple(x[..., k * size : (k + 1) * size] for k in range(parts))


def concat(arrays: tuple[Array, ...] | list[Array], axis: int = -1) -> Array:
    """Join arrays along an axis that exists."""
    return namespace(*arrays).concat(list(arrays), axis=axis)


def stack(arrays: tuple[Array, ...] | list[Array], axis: int = 0) -> Array:
    """Join arrays along a new axis."""
    return namespace(*arrays).stack(list(arrays), axis=axis)


def where(condition: Array, yes: Array, no: Array) -> Array:
    """Choose elementwise: `yes` where the condition is true, `no` elsewhere."""
    return namespace(condition, yes, no).where(condition, yes, no)


def zeros(shape: tuple[int, ...], like: Array) -> Array:
    """Return zeros of a shape, in the library, dtype and device of `like`."""
    return namespace(like).zeros(shape, dtype=like.dtype, device=compat.device(like))


def asarray_like(values: Any, like: Array) -> Array:
    """Return `values` as an array of the library and device of `like`; the dtype is that of `values`."""
    if compat.is_array_api_obj(values) and not isinstance(values, np.ndarray):
        return values
    return namespace(like).asarray(values, device=compat.device(like))


def contiguous(x: Array) -> Array:
    """Lay `x` out row by row in memory: a transposed view makes every later product slower."""
    if compat.is_numpy_array(x):
        return np.ascontiguousarray(x)
    return x.contiguous() if compat.is_torch_array(x) else x


def copied(x: Array) -> Array:
    """Return a copy of x; one of torch's is recorded by autograd as the original is."""
    return x.clone() if compat.is_torch_array(x) else namespace(x).asarray(x, copy=True)


def take_rows(rows: Array, ids: Array) -> Array:
    """Take rows[ids] along the first axis: (N, ...) and integers of any shape S give S + (...)."""
    xp = namespace(rows)
    flat = xp.reshape(asarray_like(ids, rows), (-1,))
    return xp.reshape(xp.take(rows, flat, axis=0), (*ids.shape, *rows.shape[1:]))


def add_rows(rows: Array, ids: Array, size: int) -> Array:
    """Sum rows that carry the same of ids: (N, D) and integers (N,) give (size, D).

    >>> add_rows(np.array([[1.0], [2.0], [4.0]]), np.array([2, 0, 2]), 3)
    array([[2.],
           [0.],
           [5.]])
    """
    if compat.is_numpy_array(rows):
        total = np.zeros((size, rows.shape[1]), rows.dtype)
        if len(rows):
            order = np.argsort(ids, kind="stable")
            present, starts = np.unique(ids[order], return_index=True)
            total[present] = np.add.reduceat(rows[order], starts, axis=0)
        return total
    xp = namespace(rows)
    return xp.matrix_transpose(one_hot(ids, size, rows)) @ rows


def one_hot(ids: Array, size: int, like: Array) -> Array:
    """Return rows of the identity: shape ids.shape + (size,), with the dtype of `like`."""
    xp = namespace(like)
    columns = xp.arange(size, device=compat.device(like))
    return xp.astype(asarray_like(ids, like)[..., None] == columns, like.dtype)


def pick(x: Array, ids: Array) -> Array:
    """Pick x[..., id] for the one of ids at each leading position: (..., K) and integers (...) give (...)."""
    xp = namespace(x)
    ids = asarray_like(ids, x)
    flat = xp.reshape(ids, (-1,)) + x.shape[-1] * xp.arange(math.prod(ids.shape), device=compat.device(x))
    return xp.reshape(xp.take(xp.reshape(x, (-1,)), flat, axis=0), tuple(ids.shape))


def to_numpy(x: Array) -> np.ndarray:
    """Return a NumPy array with the values of `x`, from whichever library and device."""
    if compat.is_torch_array(x):
        return x.detach().cpu().numpy()
    return np.asarray(x)


def to_device(x: np.ndarray, device: str) -> Array:
    """Return `x` as it is for "cpu", else as a torch tensor on the device ("cuda", "cuda:1", "torch" for torch on the
    CPU).

    This is the one place where a device is asked for by name; from here on arrays stay where they are.
    Raises RuntimeError when torch sees no such device.
    """
    if device == "cpu":
        return x
    import torch  # on request only

    if device != "torch" and not torch.cuda.is_available():
        raise RuntimeError(f"device: got {device!r}, expected 'cpu': torch {torch.__version__} sees no CUDA device")
    return torch.asarray(x, device="cpu" if device == "torch" else device)
