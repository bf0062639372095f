"""The sigmoid, entry by entry against many digits: in `rnncore.ops` for every library, and in every engine.

Errors are counted in units in the last place of the exact value; below the smallest normal number a unit is the
smallest subnormal one.
"""

import array_api_strict
import mpmath
import numpy as np
import pytest
import torch

from rnncore.engines.cpu import cpu_scan, cpu_scan_backward
from rnncore.gradcheck import complex_step
from rnncore.ops import sigmoid, to_numpy
from rnncore.scan import scan, scan_backward
from rnncore.types import Cell, Params, Stage

MOST = 4
"""Units, of ops and of every engine. exp(x) is within 1.5 (NumPy's for float32 within 2.6), the sum and the quotient
round once each, and the last two bring at most half a unit more where a binade ends."""
LEAST = {"float16": -18, "float32": -105, "float64": -746}
"""Where the sigmoid has become less than half of the smallest subnormal number."""
dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


def samples(dtype, count=800):
    """Return numbers from where it is 0 to where it is 1, many near 0, and far ones."""
    rng = np.random.default_rng(0)
    parts = [rng.uniform(LEAST[dtype], 45, count), rng.uniform(-5, 5, count), rng.normal(size=count // 5) * 1e-3]
    special = [0.0, -0.0, -17, -20, -36, -87.5, -103, 1000, -1000]
    return np.concatenate([*parts, special]).astype(dtype)


def exact(x):
    """Return sigmoid(x) and its slope of each number, to 40 digits."""
    with mpmath.workdps(40):
        e = [mpmath.exp(-abs(mpmath.mpf(float(v)))) for v in x]
        return [(p if v < 0 else 1) / (1 + p) for v, p in zip(x, e)], [p / (1 + p) ** 2 for p in e]


def units(found, expected):
    """Return the error of each entry, in units in the last place of its exact value."""
    kind, errors = np.finfo(found.dtype), []
    for got, want in zip(found.tolist(), expected, strict=True):
        with mpmath.workdps(40):
            binade = max(mpmath.frexp(want)[1] - 1, int(kind.minexp))
            errors.append(float(abs(got - want) / mpmath.ldexp(1, binade - kind.nmant)))
    return np.array(errors)


@pytest.mark.parametrize(
    "make", [np.asarray, torch.asarray, array_api_strict.asarray], ids=["numpy", "torch", "strict"]
)
@dtypes
def test_it_is_within_four_units_from_end_to_end(make, dtype):
    x = samples(dtype)
    given = make(x.copy())
    found = np.asarray(sigmoid(given))
    assert found.dtype == dtype and (units(found, exact(x)[0]) <= MOST).all()
    assert (np.asarray(given) == x).all()


def test_the_tail_that_tanh_loses():
    np.testing.assert_allclose(sigmoid(np.array([-17, -20, -80], np.float32)), np.exp([-17.0, -20, -80]), rtol=1e-6)
    np.testing.assert_allclose(sigmoid(np.array([-36.0, -700])), np.exp([-36.0, -700]), rtol=1e-15)


def test_halves():
    x = np.arange(LEAST["float16"], 18, 0.125).astype(np.float16)
    for found in (sigmoid(x), sigmoid(torch.asarray(x)).numpy()):
        assert found.dtype == np.float16 and (units(found, exact(x)[0]) <= MOST).all()


@pytest.mark.parametrize("make", [np.asarray, torch.asarray], ids=["numpy", "torch"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
def test_far_out_nothing_overflows(make, dtype):  # RuntimeWarning is an error here
    far = np.array([-1000, 1000, -60000, 60000], dtype)
    np.testing.assert_array_equal(np.asarray(sigmoid(make(far))), np.array([0, 1, 0, 1], dtype))


@dtypes
def test_it_keeps_nan_and_takes_infinity(dtype):
    x = np.array([np.nan, np.inf, -np.inf], dtype)
    for found in (sigmoid(x), sigmoid(torch.asarray(x)).numpy()):
        np.testing.assert_array_equal(found, [np.nan, 1, 0])


def test_it_takes_any_shape_and_a_view_and_leaves_it_as_it_is():
    whole = np.arange(24.0).reshape(4, 6)
    whole.flags.writeable = False
    assert sigmoid(whole[:, ::2]).shape == (4, 3) and sigmoid(np.zeros((0, 3))).shape == (0, 3)
    assert sigmoid(np.array(0.0)) == 0.5 and sigmoid(np.float64(0.0)) == 0.5


def test_a_complex_step_has_the_slope_on_both_sides_to_all_digits():
    x = np.array([-700.0, -36, -5, -1e-3, 0, 1e-3, 5, 36, 700])
    slope = np.array([complex_step(lambda v: sigmoid(v)[0], one)[0] for one in x[:, None]])
    np.testing.assert_allclose(slope, [float(s) for s in exact(x)[1]], rtol=1e-14, atol=1e-300)


@dtypes
def test_autograd_has_the_slope_too(dtype):
    x = torch.asarray(samples(dtype, 100)).requires_grad_()
    (slope,) = torch.autograd.grad(sigmoid(x).sum(), x)
    expected = np.array([float(s) for s in exact(x.detach().numpy())[1]])
    assert np.abs(slope.numpy() - expected).max() <= 2 * np.finfo(dtype).eps
    left = (x.detach().numpy() < 0) & (expected > 1e3 * np.finfo(dtype).tiny)
    np.testing.assert_allclose(slope.numpy()[left], expected[left], rtol=8 * np.finfo(dtype).eps)


# -- The engines, through a cell that is the sigmoid


def sigmoid_forward(a, u, inputs, own):
    s = sigmoid(a[0] + u[0])
    return (s,), (s,)


def sigmoid_backward(doutputs, saved, own):
    (dh,), (s,) = doutputs, saved
    da = dh * s * (1 - s)
    return (da,), (da,), (0 * dh,), ()


SIGMOID = Cell("sigmoid", ("s",), ("h",), (Stage(("s",), sigmoid_forward, sigmoid_backward),))


def value_and_slope(forward, backward, x):
    """Run one step over len(x) sequences with V = 1, W = 0 and b = 0, so that a + u is x."""
    B, one = len(x), 1 + 0 * x[:1, None]
    hs, _, cache = forward(SIGMOID, x[None, :, None], (0 * x[:, None],), Params(one, 0 * one, 0 * one[0]))
    value = to_numpy(hs)[0, :, 0].copy()  # the engine writes over it
    dxs, _, _ = backward(SIGMOID, 0 * hs + 1, None, cache)
    assert tuple(dxs.shape) == (1, B, 1)
    return value, to_numpy(dxs)[0, :, 0]


def check_engine(forward, backward, dtype, make):
    """Check the value, and the slope where it is not too near 1 for s (1 - s), and elsewhere to half a unit of 1."""
    x = samples(dtype, 300)
    value, slope = value_and_slope(forward, backward, make(x))
    s, ds = exact(x)
    assert value.dtype == dtype and (units(value, s) <= MOST).all()
    left = x < 0
    assert (units(slope[left], [d for d, below in zip(ds, left) if below]) <= MOST + 2).all()
    assert np.abs(slope - np.array([float(d) for d in ds])).max() <= 2 * np.finfo(dtype).eps


@dtypes
def test_the_reference(dtype):
    check_engine(scan, scan_backward, dtype, np.asarray)


@dtypes
def test_the_compiled_engine(dtype):
    check_engine(cpu_scan, cpu_scan_backward, dtype, np.asarray)


@dtypes
@pytest.mark.parametrize("widest", [128, 0], ids=["one launch", "step by step"])
def test_the_cuda_engine_by_the_interpreter(monkeypatch, dtype, widest):
    pytest.importorskip("triton", reason="Triton is not installed")
    from rnncore.engines.cuda import cuda_scan, cuda_scan_backward, kernels

    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.setattr(kernels, "WIDEST", widest)
    check_engine(cuda_scan, cuda_scan_backward, dtype, torch.asarray)
