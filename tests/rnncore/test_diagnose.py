"""Jacobians, their products, Lyapunov exponents and bounds."""

from typing import Any

import array_api_strict
import numpy as np
import pytest
import torch

from rnncore.cells import CELLS, GRU, LSTM, RELU_RNN, RNN
from rnncore.diagnose import (
    gradient_norm_by_lag,
    jacobian_product,
    jacobians,
    lyapunov_exponents,
    norm_bound,
    singular_spectrum,
    spectral_radius,
)
from rnncore.engines import run
from rnncore.gradcheck import finite_difference, relative_error
from rnncore.layers import orthogonal
from rnncore.ops import split, to_numpy
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def problem(cell, T=6, B=2, D=3, H=4, seed=0, scale=0.7):
    """Return random arrays: xs, state, params."""
    rng = np.random.default_rng(seed)
    G = len(cell.gates)
    params = Params(
        *(scale * rng.normal(size=shape) for shape in [(G * H, D), (G * H, H), (G * H,)]),
        own=tuple(rng.normal(size=H) for _ in cell.own),
    )
    return rng.normal(size=(T, B, D)), tuple(rng.normal(size=(B, H)) for _ in cell.state), params


def states_of(cell, xs, state, params, t, lengths=None):
    """Return the parts of the state after t steps, side by side: (B, S)."""
    if t:
        clipped = None if lengths is None else np.minimum(lengths, t)
        state = scan(cell, xs[:t], state, params, clipped)[1]
    return np.concatenate([to_numpy(part) for part in state], axis=-1)


def steps_by(cell, params, t, xs, state, b):
    """Return torch's Jacobian of step t (from 1) for sequence b."""
    before = torch.tensor(states_of(cell, xs, state, params, t - 1)[b])
    leaf = Params(*(torch.tensor(p) for p in params[:3]), own=tuple(torch.tensor(p) for p in params.own))

    def step(flat):
        final = scan(cell, torch.tensor(xs[t - 1 : t, b : b + 1]), split(flat[None], len(cell.state)), leaf)[1]
        return torch.cat(final, dim=-1)[0]

    return torch.autograd.functional.jacobian(step, before).numpy()


@cells
def test_jacobians_equal_autograd_at_every_step(cell):
    xs, state, params = problem(cell)
    J = jacobians(cell, scan(cell, xs, state, params)[2])
    S = 4 * len(cell.state)
    assert J.shape == (6, 2, S, S)
    for t in range(1, 7):
        for b in range(2):
            assert relative_error(J[t - 1, b], steps_by(cell, params, t, xs, state, b)) <= 1e-12


@cells
@pytest.mark.parametrize("library", [torch.asarray, array_api_strict.asarray], ids=["torch", "strict"])
def test_jacobians_are_the_same_on_other_libraries(library, cell):
    xs, state, params = problem(cell)
    other = Params(*(library(p) for p in params[:3]), own=tuple(library(p) for p in params.own))
    J = jacobians(cell, scan(cell, library(xs), tuple(library(s) for s in state), other)[2])
    expected = jacobians(cell, scan(cell, xs, state, params)[2])
    assert relative_error(to_numpy(J), expected) <= 1e-12
    got = to_numpy(jacobian_product(J, 1, 4))
    assert relative_error(got, jacobian_product(expected, 1, 4)) <= 1e-12


@cells
def test_products_equal_differences_and_the_reversed_order_does_not(cell):
    xs, state, params = problem(cell, B=1)
    J = jacobians(cell, scan(cell, xs, state, params)[2])
    begin = states_of(cell, xs, state, params, 2)

    def entry(flat, i):
        return states_of(cell, xs[2:5], split(flat.reshape(1, -1), len(cell.state)), params, 3)[0, i]

    numeric = np.stack([finite_difference(lambda flat, i=i: entry(flat, i), begin[0]) for i in range(begin.shape[1])])
    assert relative_error(jacobian_product(J, 2, 5)[0], numeric) <= 1e-8
    assert relative_error(J[2, 0] @ J[3, 0] @ J[4, 0], numeric) > 0.01
    np.testing.assert_array_equal(jacobian_product(J, 3, 3)[0], np.eye(begin.shape[1]))
    np.testing.assert_array_equal(jacobian_product(J, 3, 4)[0], J[3, 0])


@cells
def test_past_its_length_a_sequence_has_the_identity(cell):
    xs, state, params = problem(cell)
    lengths = np.array([6, 2])
    J = jacobians(cell, scan(cell, xs, state, params, lengths)[2])
    np.testing.assert_array_equal(J[2:, 1], np.broadcast_to(np.eye(J.shape[2]), J[2:, 1].shape))
    np.testing.assert_allclose(jacobian_product(J, 0, 6)[1], jacobian_product(J, 0, 2)[1], rtol=0, atol=1e-15)


@cells
@pytest.mark.parametrize("lengths", [None, [6, 4]])
def test_gradient_norms_equal_those_of_products_and_of_the_way_back(cell, lengths):
    xs, state, params = problem(cell)
    _, _, cache = scan(cell, xs, state, params, None if lengths is None else np.array(lengths))
    J, direction = jacobians(cell, cache), np.random.default_rng(1).normal(size=(2, 4))
    unit = direction / np.linalg.norm(direction, axis=-1, keepdims=True)
    for t in (1, 4, 6, None):
        norms, last = gradient_norm_by_lag(cell, cache, t, direction), 6 if t is None else t
        assert norms.shape == (last, 2)
        full = np.concatenate([unit, *(0 * unit for _ in cell.state[1:])], axis=-1)
        for lag in range(last):
            expected = np.linalg.norm(np.einsum("bi,bij->bj", full, jacobian_product(J, last - lag, last)), axis=-1)
            np.testing.assert_allclose(norms[lag], expected, rtol=1e-12)
    dhs = np.zeros((6, 2, 4))
    dhs[-1] = unit
    whole = scan_backward(cell, dhs, None, cache)[1]
    one = np.einsum("bi,bij->bj", np.concatenate([whole[0], *whole[1:]], -1), np.tile(np.eye(J.shape[2]), (2, 1, 1)))
    product = np.einsum("bi,bij->bj", full, jacobian_product(J, 0, 6))
    np.testing.assert_allclose(one, product, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(gradient_norm_by_lag(cell, cache)[0], 1, rtol=1e-12)  # a random direction


def nearly_linear(W, T):
    """Return the Jacobians of a tanh RNN whose states stay so small that tanh is the identity, nearly."""
    H = len(W)
    params = Params(np.eye(H), W, np.zeros(H))
    xs = 1e-4 * np.random.default_rng(0).normal(size=(T, 2, H))
    return jacobians(RNN, scan(RNN, xs, (np.zeros((2, H)),), params)[2])


def test_exponents_of_a_nearly_linear_network_are_logarithms_of_eigenvalues():
    rng = np.random.default_rng(0)
    Q = orthogonal((4, 4), rng)
    real = Q @ np.diag([0.9, -0.7, 0.4, 0.2]) @ Q.T
    angle = 0.3
    turn = 0.8 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    pairs = Q @ np.block([[turn, np.zeros((2, 2))], [np.zeros((2, 2)), np.diag([0.5, 0.1])]]) @ Q.T
    for W in (real, pairs):
        expected = -np.sort(-np.log(np.abs(np.linalg.eigvals(W))))
        J = nearly_linear(W, 6000)  # the error falls like 1 / T
        np.testing.assert_allclose(lyapunov_exponents(J), expected, rtol=0, atol=1e-3)
        np.testing.assert_allclose(lyapunov_exponents(J, 2), expected[:2], rtol=0, atol=1e-3)


def test_exponents_do_not_overflow_where_the_product_does():
    J = np.tile(np.diag([1e3, 1e-3]), (400, 1, 1, 1))
    np.testing.assert_allclose(lyapunov_exponents(J), [np.log(1e3), -np.log(1e3)], rtol=1e-12)


@cells
def test_the_exponents_add_up_to_the_mean_logarithm_of_the_determinant(cell):
    xs, state, params = problem(cell, T=40)
    if cell is RELU_RNN:  # its Jacobian is singular whenever a unit is silent
        J = jacobians(cell, scan(cell, xs, state, params)[2])
        assert lyapunov_exponents(J)[-1] == -np.inf
        return
    J = jacobians(cell, scan(cell, xs, state, params)[2])
    exponents = lyapunov_exponents(J)
    assert list(exponents) == sorted(exponents, reverse=True)
    np.testing.assert_allclose(exponents.sum(), np.linalg.slogdet(J)[1].mean(), rtol=1e-10)


def test_a_matrix_that_is_not_normal_grows_for_a_while_and_then_vanishes():
    A = np.array([[0.5, 10], [0, 0.5]])
    J = np.tile(A, (40, 1, 1, 1))
    expected = {1: 10.025, 2: 10.025, 5: 3.125, 10: 0.1953, 20: 3.8147e-4, 40: 7.2760e-10}
    for k, value in expected.items():
        assert singular_spectrum(jacobian_product(J, 0, k))[0, 0] == pytest.approx(value, rel=4e-3)
    assert spectral_radius(A) == pytest.approx(0.5)
    assert norm_bound(A, RNN) == pytest.approx(10.025, rel=1e-4)
    assert lyapunov_exponents(J)[0] < norm_bound(A, RNN)


def test_the_norm_of_a_product_is_at_most_the_product_of_norms_and_the_bound():
    xs, state, params = problem(RNN, H=6, T=8)
    J = jacobians(RNN, scan(RNN, xs, state, params)[2])
    for s in range(8):
        for t in range(s, 9):
            norm = singular_spectrum(jacobian_product(J, s, t))[:, 0]
            each = np.prod([singular_spectrum(J[k])[:, 0] for k in range(s, t)], axis=0)
            assert (norm <= each * (1 + 1e-12)).all()
            assert (each <= norm_bound(params.W, RNN, t - s) * (1 + 1e-12)).all()
    assert (norm_bound(params.W, RNN, 3), norm_bound(params.W, RNN, 0)) == (norm_bound(params.W, RNN) ** 3, 1)


def test_an_orthogonal_matrix_has_radius_and_norm_one():
    W = orthogonal((5, 5), np.random.default_rng(0))
    assert spectral_radius(W) == pytest.approx(1, abs=1e-12)
    assert norm_bound(W, RELU_RNN, 100) == pytest.approx(1, abs=1e-12)
    assert spectral_radius(torch.asarray(W)) == pytest.approx(1, abs=1e-12)


J = np.zeros((3, 2, 4, 4))
NO_CACHE: Any = "cache"
XS, STATE, PARAMS = problem(LSTM)
CACHE = scan(LSTM, XS, STATE, PARAMS)[2]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: jacobian_product(J, 2, 1), ValueError, "s, t: got 2, 1, expected"),
        (lambda: jacobian_product(J, 0, 4), ValueError, "s, t: got 0, 4, expected"),
        (lambda: jacobian_product(J[0], 0, 1), ValueError, r"J: got shape \(2, 4, 4\), expected"),
        (lambda: lyapunov_exponents(J, 0), ValueError, "k: got 0, expected"),
        (lambda: lyapunov_exponents(J, 5), ValueError, "k: got 5, expected"),
        (lambda: lyapunov_exponents(J[:0]), ValueError, "J: got shape .*, expected"),
        (lambda: lyapunov_exponents(J * np.nan), ValueError, "J: got NaN or infinity, expected"),
        (lambda: singular_spectrum(np.zeros(3)), ValueError, r"J: got shape \(3,\), expected"),
        (lambda: gradient_norm_by_lag(LSTM, CACHE, 0), ValueError, "t: got 0, expected"),
        (lambda: gradient_norm_by_lag(LSTM, CACHE, 7), ValueError, "t: got 7, expected"),
        (lambda: gradient_norm_by_lag(LSTM, CACHE, None, np.zeros((2, 4))), ValueError, "direction: got .*, expected"),
        (lambda: gradient_norm_by_lag(LSTM, CACHE, None, np.ones((2, 5))), ValueError, "direction: got .*, expected"),
        (lambda: gradient_norm_by_lag(LSTM, NO_CACHE), TypeError, "cache: got a str, expected"),
        (lambda: jacobians(LSTM, run(LSTM, XS, STATE, PARAMS, checkpoint=True)[2]), TypeError, "cache: got a"),
        (lambda: spectral_radius(np.zeros((8, 4))), ValueError, r"W: got shape \(8, 4\), expected"),
        (lambda: norm_bound(np.zeros((8, 4)), RNN), ValueError, r"W: got shape \(8, 4\), expected"),
        (lambda: norm_bound(np.eye(4), GRU), ValueError, "cell: got GRU, expected"),
        (lambda: norm_bound(np.eye(4), RNN, -1), ValueError, "steps: got -1, expected"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()
