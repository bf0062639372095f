"""The driver against autograd, torch.nn.RNN, the complex step and chunked autograd, on every array library."""

import array_api_strict
import numpy as np
import pytest
import torch

from rnncore.cells import RNN
from rnncore.engines import run as scan
from rnncore.engines import run_backward as scan_backward
from rnncore.gradcheck import gradcheck, relative_error
from rnncore.types import Params

pytestmark = pytest.mark.engines

SIZES = [(6, 3, 4, 5), (1, 2, 3, 4), (5, 1, 2, 1), (1, 1, 1, 1)]
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}

cuda = pytest.param("cuda", marks=pytest.mark.gpu)
LIBRARIES = {
    "numpy": np.asarray,
    "torch": torch.asarray,
    "strict": array_api_strict.asarray,
    "cuda": lambda array: torch.asarray(array, device="cuda"),
}
libraries = pytest.mark.parametrize("library", ["numpy", "torch", "strict", cuda])
dtypes = pytest.mark.parametrize("dtype", TOLERANCE, ids=lambda dtype: dtype.__name__)
sizes = pytest.mark.parametrize("sizes", SIZES, ids=str)


def problem(sizes, dtype=np.float64, seed=0):
    """Return xs, h0, params, dhs, dh_T; the weights are scaled so that tanh is not flat everywhere."""
    T, B, D, H = sizes
    rng = np.random.default_rng(seed)
    params = Params(*(0.5 * rng.normal(size=shape).astype(dtype) for shape in [(H, D), (H, H), (H,)]))
    xs, h0, dhs, dh = (rng.normal(size=shape).astype(dtype) for shape in [(T, B, D), (B, H), (T, B, H), (B, H)])
    return xs, h0, params, dhs, dh


def to_numpy(array):
    return array.detach().cpu().numpy() if isinstance(array, torch.Tensor) else np.asarray(array)


def torch_nn(xs, h0, params, dhs, dh):
    """Return hs and all gradients of torch.nn.RNN in float64."""
    module = torch.nn.RNN(xs.shape[2], h0.shape[1]).double()
    weights = [torch.tensor(np.asarray(p, np.float64)) for p in (*params[:3], 0 * params.b)]
    with torch.no_grad():
        for parameter, weight in zip(module.parameters(), weights):
            parameter.copy_(weight)
    leaves = [torch.tensor(np.asarray(a, np.float64), requires_grad=True) for a in (xs, h0[None])]
    hs, last = module(*leaves)
    loss = (hs * torch.tensor(dhs)).sum() + (last[0] * torch.tensor(dh)).sum()
    dxs, dh0, dV, dW, db, _ = torch.autograd.grad(loss, [*leaves, *module.parameters()])
    return [a.detach().numpy() for a in (hs, dxs, dh0[0], dV, dW, db)]


@sizes
@dtypes
@libraries
def test_values_and_gradients_equal_torch_nn(library, dtype, sizes):
    arrays = problem(sizes, dtype)
    convert = LIBRARIES[library]
    xs, h0, dhs, dh = (convert(a) for a in (arrays[0], arrays[1], arrays[3], arrays[4]))
    params = Params(*(convert(p) for p in arrays[2][:3]))
    hs, _, cache = scan(RNN, xs, (h0,), params)
    dxs, (dh0,), d = scan_backward(RNN, dhs, (dh,), cache)
    for ours, theirs in zip([hs, dxs, dh0, d.V, d.W, d.b], torch_nn(*arrays), strict=True):
        assert to_numpy(ours).dtype == dtype
        assert relative_error(to_numpy(ours), theirs) <= TOLERANCE[dtype]


@sizes
@pytest.mark.parametrize("device", ["cpu", cuda])
@dtypes
def test_gradients_equal_autograd_through_our_own_forward(device, dtype, sizes):
    xs, h0, params, dhs, dh = problem(sizes, dtype)
    leaves = [torch.tensor(a, requires_grad=True, device=device) for a in (xs, h0, params.V, params.W, params.b)]
    V, W, b = leaves[2:]
    dhs, dh = (torch.tensor(a, device=device) for a in (dhs, dh))
    hs, (last,), cache = scan(RNN, leaves[0], (leaves[1],), Params(V, W, b))
    expected = torch.autograd.grad((hs * dhs).sum() + (last * dh).sum(), leaves)
    with torch.no_grad():
        dxs, (dh0,), d = scan_backward(RNN, dhs, (dh,), cache)
    for ours, theirs in zip([dxs, dh0, *d[:3]], expected, strict=True):
        assert relative_error(to_numpy(ours), to_numpy(theirs)) <= TOLERANCE[dtype]


@sizes
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_equal_the_complex_step(masked, sizes):
    xs, h0, params, dhs, dh = problem(sizes)
    lengths = np.arange(len(h0)) % (len(xs) + 1) if masked else None
    _, _, cache = scan(RNN, xs, (h0,), params, lengths)
    dxs, (dh0,), d = scan_backward(RNN, dhs, (dh,), cache)

    def loss(a):
        hs, (last,), _ = scan(RNN, a["xs"], (a["h0"],), Params(a["V"], a["W"], a["b"]), lengths)
        return (hs * dhs).sum() + (last * dh).sum()

    arrays = {"xs": xs, "h0": h0, **dict(zip("VWb", params))}
    gradcheck(loss, arrays, {"xs": dxs, "h0": dh0, "V": d.V, "W": d.W, "b": d.b}, rtol=1e-12)


def test_padding_changes_nothing_and_the_last_state_is_the_one_at_the_length():
    xs, h0, params, dhs, dh = problem((6, 3, 4, 5))
    lengths = np.array([6, 1, 4])
    hs, (last,), cache = scan(RNN, xs, (h0,), params, lengths)
    other = np.where(np.arange(6)[:, None, None] < lengths[None, :, None], xs, 99.0)
    np.testing.assert_array_equal(scan(RNN, other, (h0,), params, lengths)[0], hs)
    for b, n in enumerate(lengths):
        alone = scan(RNN, xs[:n, b : b + 1], (h0[b : b + 1],), params)[0]
        np.testing.assert_allclose(hs[:n, b : b + 1], alone, rtol=0, atol=1e-15)
        np.testing.assert_array_equal(last[b], hs[n - 1, b])
    dxs, _, _ = scan_backward(RNN, dhs, (dh,), cache)
    assert not dxs[1:, 1].any() and dxs[0, 1].any()


@pytest.mark.parametrize("k", [1, 2, 3, 4, 6, 9])
def test_truncation_equals_autograd_with_detach_between_chunks(k):
    xs, h0, params, dhs, _ = problem((6, 3, 4, 5))
    _, _, cache = scan(RNN, xs, (h0,), params)
    dxs, (dh0,), d = scan_backward(RNN, dhs, None, cache, truncate=k)

    leaves = [torch.tensor(a, requires_grad=True) for a in (xs, h0, *params[:3])]
    h, total = leaves[1], torch.tensor(0.0)
    for t in range(6):
        if t and t % k == 0:
            h = h.detach()
        h = torch.tanh(leaves[0][t] @ leaves[2].T + h @ leaves[3].T + leaves[4])
        total = total + (h * torch.tensor(dhs[t])).sum()
    expected = torch.autograd.grad(total, leaves)
    for ours, theirs in zip([dxs, dh0, *d[:3]], expected, strict=True):
        assert relative_error(ours, theirs.numpy()) <= 1e-12


def test_the_lecture_notes_sum_rtrl_bptt_and_finite_differences_agree_and_the_reversed_product_does_not():
    from rnncore.gradcheck import finite_difference

    xs, h0, params, dhs, _ = problem((6, 1, 3, 4))
    V, W, b = params[:3]
    hs, _, cache = scan(RNN, xs, (h0,), params)
    bptt = scan_backward(RNN, dhs, None, cache)[2].W
    states = np.concatenate([h0, hs[:, 0]])
    J = [np.diag(1 - states[t] ** 2) @ W for t in range(1, 7)]
    direct = [np.kron(np.diag(1 - states[t] ** 2), states[t - 1][None]) for t in range(1, 7)]

    def notes(reverse):
        total = np.zeros(16)
        for t in range(1, 7):
            for j in range(t):
                product = np.eye(4)
                factors = J[t - j : t]
                for factor in reversed(factors) if not reverse else factors:
                    product = product @ factor
                total += dhs[t - 1, 0] @ product @ direct[t - j - 1]
        return total.reshape(4, 4)

    influence, rtrl = np.zeros((4, 16)), np.zeros(16)
    for t in range(6):
        influence = direct[t] + J[t] @ influence
        rtrl += dhs[t, 0] @ influence
    numeric = finite_difference(lambda W: (scan(RNN, xs, (h0,), Params(V, W, b))[0] * dhs).sum(), W)
    for other in (notes(reverse=False), rtrl.reshape(4, 4), numeric):
        assert relative_error(other, bptt) <= 1e-9
    assert relative_error(notes(reverse=True), bptt) > 0.01


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"xs": np.zeros((3, 2))}, "xs: got shape"),
        ({"h0": np.zeros((2, 9))}, "h: got shape"),
        ({"b": np.zeros(3)}, "b: got shape"),
        ({"lengths": np.array([1, 2, 7])}, "lengths: got"),
        ({"lengths": np.array([1, 2])}, "lengths: got shape"),
    ],
)
def test_bad_input_is_named(change, words):
    xs, h0, params, _, _ = problem((6, 3, 4, 5))
    arrays = {"xs": xs, "h0": h0, "b": params.b, "lengths": None, **change}
    with pytest.raises(ValueError, match=words):
        scan(RNN, arrays["xs"], (arrays["h0"],), params._replace(b=arrays["b"]), arrays["lengths"])


def test_unknown_engines_are_refused():
    xs, h0, params, dhs, _ = problem((6, 3, 4, 5))
    with pytest.raises(ValueError, match="engine: got 'warp'"):
        scan(RNN, xs, (h0,), params, engine="warp")
    _, _, cache = scan(RNN, xs, (h0,), params)
    with pytest.raises(ValueError, match="truncate"):
        scan_backward(RNN, dhs, None, cache, truncate=0)
    with pytest.raises(ValueError, match="dhs: got shape"):
        scan_backward(RNN, dhs[1:], None, cache)
