"""Initial weights. Each function returns a NumPy array of the shape asked for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnncore.ops import check_sizes
from rnncore.types import Cell

__all__ = ["forget_bias", "gated_orthogonal", "identity", "orthogonal", "uniform", "xavier"]


def uniform(shape: tuple[int, ...], rng: np.random.Generator, bound: float, dtype: Any = np.float64) -> np.ndarray:
    """Draw every entry uniform in (-bound, bound).

    shape: of the result. rng: draws.
    Raises TypeError for a dtype that is not floating, which would round.
    """
    _floating(dtype)
    if not 0 <= bound < math.inf:
        raise ValueError(f"bound: got {bound}, expected a finite number, at least 0")
    return rng.uniform(-bound, bound, shape).astype(dtype)


def xavier(shape: tuple[int, int], rng: np.random.Generator, gain: float = 1.0, dtype: Any = np.float64) -> np.ndarray:
    """Draw uniform with variance 2 gain^2 / (rows + columns), which keeps signals alike both ways.

    Glorot and Bengio, 2010.
    Equation: xavier
    shape: (rows, columns). rng: draws. dtype: of the result, floating.
    """
    _matrix(shape)
    return uniform(shape, rng, gain * math.sqrt(6 / (shape[0] + shape[1])), dtype)


def orthogonal(
    shape: tuple[int, int], rng: np.random.Generator, gain: float = 1.0, dtype: Any = np.float64
) -> np.ndarray:
    """Draw gain * Q, where Q is even (by the Haar measure) among all matrices with orthonormal rows, or columns.

    Equation: haar
    shape: (m, n). Columns are orthonormal if m >= n, rows if m <= n. The factor Q of a Gaussian matrix alone is not
    even: LAPACK fixes signs in its own way. Multiplying by the signs of R's diagonal mends that (Mezzadri, 2007).
    rng: draws. dtype: of the result, floating.
    """
    _matrix(shape)
    _floating(dtype)
    m, n = shape
    Q, R = np.linalg.qr(rng.normal(size=(max(m, n), min(m, n))))
    signs = np.where(np.diagonal(R) < 0, -1.0, 1.0)
    Q = Q * signs
    return (gain * (Q if m >= n else Q.T)).astype(dtype)


def gated_orthogonal(H: int, n_gates: int, rng: np.random.Generator, dtype: Any = np.float64) -> np.ndarray:
    """Draw W (n_gates * H, H) with an orthogonal block for each gate. The stacked matrix as one would give none such.

    Equation: gated-orthogonal
    rng: draws. dtype: of the result, floating.
    """
    H, n_gates = check_sizes(H=H, n_gates=n_gates)
    return np.concatenate([orthogonal((H, H), rng, dtype=dtype) for _ in range(n_gates)])


def identity(H: int, scale: float = 1.0, dtype: Any = np.float64) -> np.ndarray:
    """Return scale * I, for a ReLU network that at first remembers everything. Le, Jaitly and Hinton, 2015.

    H: rows and columns. dtype: of the result, floating.
    """
    (H,) = check_sizes(H=H)
    _floating(dtype)
    return (scale * np.eye(H)).astype(dtype)


def forget_bias(cell: Cell, b: np.ndarray, value: float = 1.0) -> np.ndarray:
    """Return a copy of the bias b (G*H,) with `value` at the forget gate: memory lasts 1 / -ln sigmoid(value) steps at
    first.

    Equation: forget-bias
    Raises ValueError for a cell without a forget gate, or a b of another shape.
    """
    if "f" not in cell.gates:
        raise ValueError(f"cell: got {cell.name} with gates {cell.gates}, expected one with a forget gate f")
    H, k = len(b) // len(cell.gates), cell.gates.index("f")
    b = np.array(b)
    _floating(b.dtype)
    if b.shape != (len(cell.gates) * H,):
        raise ValueError(f"b: got shape {b.shape}, expected (G*H,) with G = {len(cell.gates)} gates")
    b[k * H : (k + 1) * H] = value
    return b


def _matrix(shape):
    if len(shape) != 2:
        raise ValueError(f"shape: got {shape}, expected (rows, columns)")
    for size in shape:
        check_sizes(shape=size)


def _floating(dtype):
    if not np.issubdtype(np.dtype(dtype), np.floating):
        raise TypeError(f"dtype: got {np.dtype(dtype)}, expected a floating one")
