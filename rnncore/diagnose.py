"""What a recurrent network does to gradients over time: Jacobians, their products, and their long-run rates.

A Jacobian here is the total one of a single step, d state_t / d state_{t-1}, with the parts of the state side by side:
S = H for h alone, S = 2 H for (h, C). Steps count from 1, as in the formulas: J_t is `J[t - 1]`.
"""

from __future__ import annotations

import numpy as np

from rnncore import ops
from rnncore.cells import RELU_RNN, RNN
from rnncore.scan import ScanCache, step_backward
from rnncore.types import Array, Cell, State

__all__ = [
    "gradient_norm_by_lag",
    "jacobian_product",
    "jacobians",
    "lyapunov_exponents",
    "norm_bound",
    "singular_spectrum",
    "spectral_radius",
]


def jacobians(cell: Cell, cache: ScanCache) -> Array:
    """Return J_t = d state_t / d state_{t-1} at every step, exact: row i is the backward pass of the unit vector i.

    cache: from `rnncore.scan.scan`. Returns J (T, B, S, S), row i the derivative of entry i of the state after step t.
    Past its length a sequence keeps its state, so there J_t is the identity.
    cell: that of the forward pass.
    Raises TypeError for the cache of another engine.
    """
    _check_cache(cache)
    B, H = cache.xs.shape[1], cache.params.W.shape[1]
    S = H * len(cell.state)
    unit = ops.one_hot(np.arange(S), S, cache.params.W)
    every = ops.zeros((B, 1), cache.params.W)
    steps = []
    for t in range(len(cache.steps)):
        rows = [_concat(_before(cell, ops.split(unit[i, :] + every, len(cell.state)), cache, t)) for i in range(S)]
        steps.append(ops.stack(rows, axis=1))
    return ops.stack(steps)


def jacobian_product(J: Array, s: int, t: int) -> Array:
    """Return d state_t / d state_s = J_t J_{t-1} ... J_{s+1}: the later step stands on the left. The identity if s = t.

    Equation: jacobian-product
    J: (T, B, S, S). Returns (B, S, S). Raises ValueError unless 0 <= s <= t <= T.
    """
    _check_jacobians(J)
    s, t = ops.check_sizes(0, s=s, t=t)
    if not s <= t <= J.shape[0]:
        raise ValueError(f"s, t: got {s}, {t}, expected 0 <= s <= t <= T with T={J.shape[0]}")
    B, S = J.shape[1:3]
    product = ops.one_hot(np.arange(S), S, J) + ops.zeros((B, 1, 1), J)
    for k in range(s, t):
        product = J[k, ...] @ product
    return product


def singular_spectrum(J: Array) -> np.ndarray:
    """Return the singular values of each matrix, largest first: (..., m, n) gives (..., min(m, n)).

    Of a product of Jacobians the first is its norm: the most that any gradient grows on the way.
    J: Jacobians as `jacobians` returns them.
    """
    return np.linalg.svd(_matrices("J", J), compute_uv=False)


def lyapunov_exponents(J: Array, k: int | None = None) -> np.ndarray:
    """Return the k largest Lyapunov exponents, in nats per step, largest first: the long-run rates of growth of
    directions.

    Equation: lyapunov
    Source: Benettin, Galgani, Giorgilli and Strelcyn, 1980. A frame of k orthonormal vectors goes through one Jacobian
    at a time and is made orthonormal again; the logarithms of the diagonal of R add up. Averaged over time and batch.
    J: (T, B, S, S). k: None for all S; then their sum is the mean of log |det J_t|, exactly. A direction that a
    Jacobian maps to zero has the exponent -inf. For a finite T the first steps, in which the frame turns to its place,
    leave an error that falls like 1 / T. Raises ValueError for k outside 1..S.
    """
    _check_jacobians(J)
    steps = _matrices("J", J)
    T, B, S = steps.shape[:3]
    (wanted,) = (S,) if k is None else ops.check_sizes(k=k)
    if wanted > S:
        raise ValueError(f"k: got {k}, expected 1..S with S={S}")
    frame, total = np.broadcast_to(np.eye(S, wanted), (B, S, wanted)), np.zeros((B, wanted))
    for step in steps:
        frame, R = np.linalg.qr(step @ frame)
        with np.errstate(divide="ignore"):
            total = total + np.log(np.abs(np.diagonal(R, axis1=1, axis2=2)))
    return -np.sort(-(total / T).mean(axis=0))


def gradient_norm_by_lag(
    cell: Cell, cache: ScanCache, t: int | None = None, direction: Array | None = None
) -> np.ndarray:
    """Return how long the gradient on the state is, lag by lag, when a loss sends a unit gradient into h_t.

    t: the step at which the loss stands, counted from 1; None for the last. direction: (B, H), the gradient on h_t,
    scaled to length 1 for each sequence; None for random ones, the same at every call.
    cell: that of the forward pass.
    Returns (t, B): row j is |dL/d state_{t-j}| over all parts of the state, so row 0 is 1, and row t - 1 belongs to
    the state after the first step. Raises TypeError for the cache of another engine, ValueError for t outside 1..T, or
    a direction of another shape or without length.
    """
    _check_cache(cache)
    T, B, H = *cache.xs.shape[:2], cache.params.W.shape[1]
    (last,) = (T,) if t is None else ops.check_sizes(t=t)
    if last > T:
        raise ValueError(f"t: got {t}, expected 1..T with T={T}")
    given = np.random.default_rng(0).normal(size=(B, H)) if direction is None else ops.to_numpy(direction)
    length = np.sqrt((given * given).sum(axis=-1, keepdims=True)) if given.shape == (B, H) else np.zeros(1)
    if not (length > 0).all():
        raise ValueError(f"direction: got shape {given.shape}, expected (B, H) = {(B, H)}, no row of zeros or NaN")
    dh = ops.zeros((B, H), cache.params.W) + ops.asarray_like((given / length).astype(given.dtype), cache.params.W)
    dstate = (dh, *(0 * dh for _ in cell.state[1:]))
    norms = []
    for step in range(last - 1, -1, -1):
        norms.append(np.linalg.norm(ops.to_numpy(_concat(dstate)), axis=-1))
        dstate = _before(cell, dstate, cache, step)
    return np.stack(norms)


def spectral_radius(W: Array) -> float:
    """Return the largest absolute value of an eigenvalue: the rate of growth of |W^n|^(1/n) for large n.

    For small n a matrix that is not normal may grow far beyond it. W: (H, H). Raises ValueError if W is not square.
    """
    return float(np.abs(np.linalg.eigvals(_square(W))).max())


def norm_bound(W: Array, cell: Cell, steps: int = 1) -> float:
    """Return an upper bound (gamma |W|)^steps on the norm of a product of as many Jacobians J_t = diag(phi'(z_t)) W.

    gamma is the largest |phi'|, 1 for tanh and for ReLU; |W| is the largest singular value. If gamma |W| < 1, gradients
    vanish; that it exceeds 1 is necessary for them to explode, not sufficient. Pascanu, Mikolov and Bengio, 2013.
    W: (H, H). Raises ValueError for a cell with gates, whose Jacobian has more terms, or if W is not square.
    """
    if cell not in (RNN, RELU_RNN):
        raise ValueError(f"cell: got {cell.name}, expected {RNN.name} or {RELU_RNN.name}: the bound is theirs")
    (steps,) = ops.check_sizes(0, steps=steps)
    return float(np.linalg.norm(_square(W), 2) ** steps)


def _before(cell: Cell, dstate: State, cache: ScanCache, t: int) -> State:
    """Return the gradient on the state before step t (from 0); a sequence that has ended hands it on as it is."""
    before = step_backward(cell, dstate, cache.steps[t], cache.params)
    if cache.valid is None:
        return before
    return tuple(ops.where(cache.valid[t, :, None], b, d) for b, d in zip(before, dstate))


def _concat(state: State) -> Array:
    return state[0] if len(state) == 1 else ops.concat(state)


def _check_cache(cache) -> None:
    if not isinstance(cache, ScanCache):
        raise TypeError(f"cache: got a {type(cache).__name__}, expected the ScanCache that rnncore.scan.scan returned")


def _check_jacobians(J) -> None:
    if len(J.shape) != 4 or J.shape[2] != J.shape[3] or J.shape[0] < 1:
        raise ValueError(f"J: got shape {tuple(J.shape)}, expected (T, B, S, S) with T at least 1")


def _matrices(name: str, A: Array) -> np.ndarray:
    """Return a NumPy array of float64 matrices, all finite."""
    A = ops.to_numpy(A)
    if A.ndim < 2:
        raise ValueError(f"{name}: got shape {A.shape}, expected matrices, (..., m, n)")
    if not np.isfinite(A).all():
        raise ValueError(f"{name}: got NaN or infinity, expected finite entries")
    return A.astype(np.float64)


def _square(W: Array) -> np.ndarray:
    W = _matrices("W", W)
    if W.ndim != 2 or W.shape[0] != W.shape[1]:
        raise ValueError(f"W: got shape {W.shape}, expected (H, H)")
    return W
