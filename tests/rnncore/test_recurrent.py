"""Properties of drivers and layers, over sizes nobody chose; and parity with torch.nn and autograd."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncore.cells import CELLS, GRU, GRU_BEFORE, LSTM, RNN
from rnncore.gradcheck import relative_error
from rnncore.layers import (
    Recurrent,
    cross_entropy,
    cross_entropy_backward,
    dropout_backward,
    dropout_forward,
    embedding_backward,
    embedding_forward,
    forget_bias,
    gated_orthogonal,
    identity,
    init_recurrent,
    orthogonal,
    reverse,
    squared_error,
    squared_error_backward,
    xavier,
)
from rnncore.ops import add_rows
from rnncore.scan import scan
from rnncore.types import Params

pytestmark = pytest.mark.engines

TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}
often = settings(max_examples=25, deadline=None, derandomize=True)
cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


class Case(NamedTuple):
    """A layer and everything it is given."""

    layer: Recurrent
    params: dict
    xs: np.ndarray
    state: tuple
    lengths: np.ndarray | None
    dys: np.ndarray
    dstate: tuple


def build(cell, T, B, D, H, layers=1, bidirectional=False, lengths=None, seed=0, dtype=np.float64, **more):
    rng = np.random.default_rng(seed)
    draw = lambda *shape: rng.normal(size=shape).astype(dtype)  # noqa: E731
    layer = Recurrent(cell, D, H, layers, bidirectional, **more)
    state, dstate = (tuple(draw(layers * layer.directions, B, H) for _ in cell.state) for _ in range(2))
    dys = draw(T, B, layer.width)
    return Case(layer, layer.init(rng, dtype), draw(T, B, D), state, lengths, dys, dstate)


@st.composite
def cases(draw, bidirectional=None, with_lengths=None):
    size = lambda top: draw(st.integers(1, top))  # noqa: E731
    T, B = size(7), size(4)
    both = draw(st.booleans()) if bidirectional is None else bidirectional
    padded = draw(st.booleans()) if with_lengths is None else with_lengths
    lengths = np.array(draw(st.lists(st.integers(0, T), min_size=B, max_size=B))) if padded else None
    cell = CELLS[draw(st.sampled_from(sorted(CELLS)))]
    return build(cell, T, B, size(4), size(4), size(3), both, lengths, draw(st.integers(0, 99)))


def forward(case, **change):
    c = case._replace(**change)
    return c.layer.forward(c.params, c.xs, c.state, c.lengths)


def backward(case, cache, **change):
    c = case._replace(**change)
    dxs, dstate, grads = c.layer.backward(c.dys, c.dstate, cache)
    return [dxs, *dstate, *(grads[name] for name in case.params)]


def close(ours, theirs, rtol=1e-12):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=rtol * max(1.0, np.abs(b).max(initial=0)))


def inside(case, array):
    """Return `array` (T, B, .), with zeros where the sequences have ended."""
    if case.lengths is None:
        return array
    return np.where(np.arange(len(array))[:, None, None] < case.lengths[None, :, None], array, 0.0)


@often
@given(cases(bidirectional=False, with_lengths=False), st.data())
def test_a_prefix_of_the_input_gives_the_prefix_of_the_output(case, data):
    t = data.draw(st.integers(1, len(case.xs)))
    close([forward(case, xs=case.xs[:t])[0]], [forward(case)[0][:t]])


@often
@given(cases(bidirectional=False, with_lengths=False), st.data())
def test_split_and_carry_equals_the_whole(case, data):
    T = len(case.xs)
    ys, final, cache = forward(case)
    expected = backward(case, cache)
    if T == 1:
        return
    t = data.draw(st.integers(1, T - 1))
    first, carried, cache1 = forward(case, xs=case.xs[:t])
    second, last, cache2 = forward(case, xs=case.xs[t:], state=carried)
    close([np.concatenate([first, second]), *last], [ys, *final])
    dxs2, dcarried, grads2 = case.layer.backward(case.dys[t:], case.dstate, cache2)
    dxs1, dstate, grads1 = case.layer.backward(case.dys[:t], dcarried, cache1)
    close([np.concatenate([dxs1, dxs2]), *dstate, *(grads1[n] + grads2[n] for n in case.params)], expected)


@often
@given(cases(), st.randoms(use_true_random=False))
def test_permuting_the_batch_permutes_everything_and_leaves_the_weights_gradients(case, random):
    order = list(range(case.xs.shape[1]))
    random.shuffle(order)
    swap = lambda parts: tuple(part[:, order] for part in parts)  # noqa: E731
    other = case._replace(
        xs=case.xs[:, order],
        state=swap(case.state),
        dys=case.dys[:, order],
        dstate=swap(case.dstate),
        lengths=None if case.lengths is None else case.lengths[order],
    )
    (ys, final, cache), (ys2, final2, cache2) = forward(case), forward(other)
    close([ys2, *final2], [ys[:, order], *swap(final)])
    n = 1 + len(final)
    plain, permuted = backward(case, cache), backward(other, cache2)
    close(permuted, [*swap(plain[:n]), *plain[n:]])


@often
@given(cases(with_lengths=True), st.integers(0, 3))
def test_what_stands_in_the_padding_and_how_much_of_it_there_is_changes_nothing(case, more):
    T, B, D = case.xs.shape
    case = case._replace(dys=inside(case, case.dys))
    ys, final, cache = forward(case)
    garbage = case.xs + 1e3 * (1 - inside(case, np.ones((T, B, 1))))
    longer = np.concatenate([garbage, np.full((more, B, D), -77.0)])
    dys = np.concatenate([case.dys, np.zeros((more, B, case.layer.width))])
    ys2, final2, cache2 = forward(case, xs=longer)
    close([inside(case, ys2[:T]), *final2], [inside(case, ys), *final])
    dxs, *rest = backward(case, cache)
    dxs2, *rest2 = backward(case, cache2, dys=dys)
    close([dxs2[:T], *rest2], [dxs, *rest])
    assert not dxs2[T:].any() and np.array_equal(dxs, inside(case, dxs))


@often
@given(cases(with_lengths=True))
def test_each_sequence_of_a_batch_is_as_if_alone(case):
    ys, final, _ = forward(case)
    for b, n in enumerate(case.lengths):
        if n:
            one = slice(b, b + 1)
            alone, last, _ = forward(
                case, xs=case.xs[:n, one], state=tuple(s[:, one] for s in case.state), lengths=None
            )
            close([ys[:n, one], *(s[:, one] for s in final)], [alone, *last])
        else:
            for part, begin in zip(final, case.state):
                np.testing.assert_array_equal(part[:, b], begin[:, b])


@often
@given(cases(), st.floats(-3, 3), st.floats(-3, 3))
def test_the_way_back_is_linear_in_the_upstream_gradient(case, alpha, beta):
    _, _, cache = forward(case)
    rng = np.random.default_rng(0)
    dys, dstate = rng.normal(size=case.dys.shape), tuple(rng.normal(size=d.shape) for d in case.dstate)
    mixed = backward(
        case,
        cache,
        dys=alpha * case.dys + beta * dys,
        dstate=tuple(alpha * a + beta * b for a, b in zip(case.dstate, dstate)),
    )
    parts = zip(backward(case, cache), backward(case, cache, dys=dys, dstate=dstate))
    close(mixed, [alpha * a + beta * b for a, b in parts], 1e-11)
    zero = backward(case, cache, dys=0 * case.dys, dstate=tuple(0 * d for d in case.dstate))
    assert not any(np.any(a) for a in zero)


@often
@given(cases(bidirectional=True))
def test_the_backward_half_is_a_forward_run_on_the_reversed_input(case):
    layer = Recurrent(case.layer.cell, case.layer.D, case.layer.H, bidirectional=True)
    names = [n for n in case.params if "_l0" in n]
    H, params = layer.H, {n: case.params[n] for n in names}
    ys, final, _ = layer.forward(params, case.xs, tuple(s[:2] for s in case.state), case.lengths)
    one = Recurrent(layer.cell, layer.D, H)
    other = {n.removesuffix("_reverse"): params[n] for n in names if n.endswith("_reverse")}
    alone, last, _ = one.forward(other, reverse(case.xs, case.lengths), tuple(s[1:2] for s in case.state), case.lengths)
    close([ys[..., H:], *(f[1:] for f in final)], [reverse(alone, case.lengths), *last])


@often
@given(cases(with_lengths=True))
def test_reverse_is_its_own_inverse_and_its_own_transpose(case):
    xs, dys = case.xs, np.random.default_rng(0).normal(size=case.xs.shape)
    for lengths in (None, case.lengths):
        np.testing.assert_array_equal(reverse(reverse(xs, lengths), lengths), xs)
        assert (reverse(xs, lengths) * dys).sum() == pytest.approx((xs * reverse(dys, lengths)).sum(), rel=1e-12)
    for b, n in enumerate(case.lengths):
        np.testing.assert_array_equal(reverse(xs, case.lengths)[:, b], np.r_[xs[:n, b][::-1], xs[n:, b]])


def autograd(case, dtype=torch.float64, seed=None):
    """Return outputs, and all gradients by autograd through our own forward pass."""
    leaf = lambda a: torch.tensor(a, dtype=dtype, requires_grad=True)  # noqa: E731
    params, xs = {name: leaf(p) for name, p in case.params.items()}, leaf(case.xs)
    state = tuple(leaf(s) for s in case.state)
    lengths = None if case.lengths is None else torch.tensor(case.lengths)
    rng = None if seed is None else np.random.default_rng(seed)
    ys, final, _ = case.layer.forward(params, xs, state, lengths, rng)
    loss = (ys * torch.tensor(case.dys)).sum() + sum((f * torch.tensor(d)).sum() for f, d in zip(final, case.dstate))
    grads = torch.autograd.grad(loss, [xs, *state, *params.values()])
    return [a.detach().numpy() for a in (ys, *final)], dict(zip(["xs", *case.layer.cell.state, *params], grads))


@cells
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["one-way", "two-way"])
@pytest.mark.parametrize("lengths", [None, [6, 1, 3, 0]], ids=["full", "lengths"])
@pytest.mark.parametrize("dropout", [None, False, True], ids=["plain", "dropout", "variational"])
def test_gradients_equal_autograd_through_our_own_forward(cell, layers, bidirectional, lengths, dropout):
    case = build(
        cell,
        6,
        4,
        2,
        5,
        layers,
        bidirectional,
        None if lengths is None else np.array(lengths),
        dropout=0.0 if dropout is None else 0.4,
        variational=bool(dropout),
    )
    seed = None if dropout is None else 7
    values, expected = autograd(case, seed=seed)
    rng = None if seed is None else np.random.default_rng(seed)
    ys, final, cache = case.layer.forward(case.params, case.xs, case.state, case.lengths, rng)
    dxs, dstate, grads = case.layer.backward(case.dys, case.dstate, cache)
    close([ys, *final], values)
    got = {"xs": dxs, **dict(zip(cell.state, dstate)), **grads}
    assert got.keys() == expected.keys()
    for name, g in expected.items():
        assert relative_error(got[name], g.numpy()) <= 1e-12, name


@often
@given(cases())
def test_gradients_equal_autograd_at_any_size(case):
    _, expected = autograd(case)
    for ours, theirs in zip(backward(case, forward(case)[2]), expected.values(), strict=True):
        close([ours], [theirs.numpy()])


@cells
def test_everything_of_size_one(cell):
    case = build(cell, 1, 1, 1, 1, bidirectional=True)
    values, expected = autograd(case)
    ys, final, cache = forward(case)
    close([ys, *final], values)
    close(backward(case, cache), [g.numpy() for g in expected.values()])


MODULES = {"rnn": torch.nn.RNN, "relu": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def torch_module(name, case):
    """Return torch's layer with our weights. Of its two biases the first holds b; the second is b_n or zero."""
    layer, more = case.layer, {"nonlinearity": "relu"} if name == "relu" else {}
    module = MODULES[name](layer.D, layer.H, layer.layers, bidirectional=layer.bidirectional, **more).double()
    with torch.no_grad():
        for key, p in module.named_parameters():
            kind, suffix = key.split("_l", 1)
            ours = {"weight_ih": "V", "weight_hh": "W", "bias_ih": "b"}.get(kind)
            p.zero_()
            if ours:
                p.copy_(torch.tensor(case.params[f"{ours}_l{suffix}"]))
            elif name == "gru":
                p[2 * layer.H :] = torch.tensor(case.params[f"b_n_l{suffix}"])
    return module


def through_torch(name, case):
    """Return values and gradients of torch.nn's layer in float64, under our names."""
    module = torch_module(name, case)
    leaf = lambda a: torch.tensor(np.asarray(a, np.float64), requires_grad=True)  # noqa: E731
    xs, state = leaf(case.xs), tuple(leaf(s) for s in case.state)
    inputs = xs
    if case.lengths is not None:
        inputs = torch.nn.utils.rnn.pack_padded_sequence(xs, torch.tensor(case.lengths), enforce_sorted=False)
    (first, *others) = state
    ys, final = module(inputs, state if others else first)
    if case.lengths is not None:
        ys, _ = torch.nn.utils.rnn.pad_packed_sequence(ys, total_length=len(case.xs))
    final = final if isinstance(final, tuple) else (final,)
    loss = (ys * torch.tensor(case.dys)).sum() + sum((f * torch.tensor(d)).sum() for f, d in zip(final, case.dstate))
    keys = dict(module.named_parameters())
    grads = torch.autograd.grad(loss, [xs, *state, *keys.values()])
    n, found = 1 + len(state), {}
    for key, g in zip(keys, grads[n:]):
        kind, suffix = key.split("_l", 1)
        ours = {"weight_ih": "V", "weight_hh": "W", "bias_ih": "b"}.get(kind)
        if ours:
            found[f"{ours}_l{suffix}"] = g.numpy()
        elif name == "gru":
            found[f"b_n_l{suffix}"] = g.numpy()[2 * case.layer.H :]
    return [a.detach().numpy() for a in (ys, *final)], [g.numpy() for g in grads[:n]], found


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["one-way", "two-way"])
@pytest.mark.parametrize("lengths", [None, [6, 1, 3]], ids=["full", "lengths"])
@pytest.mark.parametrize("dtype", TOLERANCE, ids=lambda dtype: dtype.__name__)
def test_values_and_gradients_equal_torch_nn(name, layers, bidirectional, lengths, dtype):
    lengths = None if lengths is None else np.array(lengths)
    case = build(CELLS[name], 6, 3, 4, 5, layers, bidirectional, lengths, dtype=dtype, seed=1)
    case = case._replace(dys=inside(case, case.dys).astype(dtype))  # torch's padding is zero, ours repeats the state
    values, expected, expected_grads = through_torch(name, case)
    ys, final, cache = forward(case)
    dxs, dstate, grads = case.layer.backward(case.dys, case.dstate, cache)
    assert {a.dtype for a in (ys, *final, dxs, *dstate, *grads.values())} == {np.dtype(dtype)}
    pairs = [*zip([inside(case, ys), *final, dxs, *dstate], [*values, *expected], strict=True)]
    assert grads.keys() == expected_grads.keys()
    pairs += [(grads[n], g) for n, g in expected_grads.items()]
    for ours, theirs in pairs:
        assert relative_error(ours, theirs) <= TOLERANCE[dtype]


def two_grus(r_bias, block_diagonal=False):
    """Return outputs of GRU and GRU_BEFORE with the same weights, b_n = 0 and r = sigmoid(r_bias) at all times."""
    rng = np.random.default_rng(0)
    T, B, D, H = 6, 3, 2, 4
    V, W, b = rng.normal(size=(3 * H, D)), rng.normal(size=(3 * H, H)), rng.normal(size=3 * H)
    V[:H], W[:H], b[:H] = 0, 0, r_bias
    if block_diagonal:
        W[2 * H :] *= np.kron(np.eye(2), np.ones((2, 2)))
    xs, h = rng.normal(size=(T, B, D)), rng.normal(size=(B, H))
    after = scan(GRU, xs, (h,), Params(V, W, b, (np.zeros(H),)))[0]
    return after, scan(GRU_BEFORE, xs, (h,), Params(V, W, b))[0]


def test_the_two_grus_are_equal_exactly_when_r_is_constant_where_w_n_connects():
    for r_bias in (1000.0, -1000.0):  # r = 1 and r = 0: not even rounding differs
        np.testing.assert_array_equal(*two_grus(r_bias))
    close(*([a] for a in two_grus(0.3)), rtol=1e-14)  # r = 0.57 for all units
    close(*([a] for a in two_grus(np.array([0.3, 0.3, -2, -2]), block_diagonal=True)), rtol=1e-14)
    for unequal, block in [(np.array([0.3, 0.3, -2, -2]), False), (np.array([0.3, -2, 0.3, -2]), True)]:
        after, before = two_grus(unequal, block)
        assert np.abs(after - before).max() > 0.01


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (1, 1), (1, 4)], ids=str)
def test_orthogonal_has_orthonormal_rows_or_columns_and_a_gain(shape):
    Q = orthogonal(shape, np.random.default_rng(0), gain=1.7, dtype=np.float64)
    assert Q.shape == shape
    gram = Q.T @ Q if shape[0] >= shape[1] else Q @ Q.T
    np.testing.assert_allclose(gram, 1.7**2 * np.eye(min(shape)), rtol=0, atol=1e-13)
    assert orthogonal(shape, np.random.default_rng(0), dtype=np.float32).dtype == np.float32


def is_even(draw, n=2000):
    """Ask if the mean of n draws has its values under the Haar measure, within 5 deviations: entries 0, det 0."""
    rng = np.random.default_rng(0)
    Q = np.stack([draw(rng) for _ in range(n)])
    entries = np.abs(Q.mean(axis=0)).max() < 5 * np.sqrt(1 / 3 / n)  # an entry has variance 1/3
    return bool(entries and abs(np.linalg.det(Q).mean()) < 5 / np.sqrt(n))


def test_orthogonal_draws_evenly_and_qr_without_the_signs_does_not():
    assert is_even(lambda rng: orthogonal((3, 3), rng))
    assert not is_even(lambda rng: np.linalg.qr(rng.normal(size=(3, 3)))[0])


def test_gated_orthogonal_has_an_orthogonal_block_for_each_gate():
    W = gated_orthogonal(5, 4, np.random.default_rng(0))
    blocks = W.reshape(4, 5, 5)
    np.testing.assert_allclose(blocks @ blocks.transpose(0, 2, 1), np.tile(np.eye(5), (4, 1, 1)), rtol=0, atol=1e-13)
    assert np.abs(blocks[0] - blocks[1]).max() > 0.1


def test_xavier_has_its_variance_and_identity_is_one():
    w = xavier((300, 500), np.random.default_rng(0), gain=1.5)
    assert w.var() == pytest.approx(1.5**2 * 2 / 800, rel=0.02) and abs(w.mean()) < 1e-3
    np.testing.assert_array_equal(identity(3, 0.5), 0.5 * np.eye(3))


def test_forget_bias_sets_one_gate_and_returns_a_copy():
    b = np.arange(12.0)
    np.testing.assert_array_equal(forget_bias(LSTM, b, 2.0), [0, 1, 2, 2, 2, 2, 6, 7, 8, 9, 10, 11])
    np.testing.assert_array_equal(b, np.arange(12.0))
    params = init_recurrent(LSTM, 2, 3, np.random.default_rng(0), start="orthogonal")
    np.testing.assert_array_equal(params.b, [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])


@cells
@pytest.mark.parametrize("start", ["uniform", "orthogonal", "identity"])
@pytest.mark.parametrize("dtype", TOLERANCE, ids=lambda dtype: dtype.__name__)
def test_initial_parameters_have_the_shapes_and_dtype_asked_for(cell, start, dtype):
    layer = Recurrent(cell, 3, 5, 2, bidirectional=True, start=start)
    params = layer.init(np.random.default_rng(0), dtype)
    assert {p.dtype for p in params.values()} == {np.dtype(dtype)}
    layer.forward(params, np.zeros((2, 1, 3), dtype))  # scan checks every shape


def test_dropout_keeps_the_mean_and_scales_what_it_keeps():
    x, rng = np.ones((50, 20, 40)), np.random.default_rng(0)
    y, mask = dropout_forward(x, 0.3, rng)
    np.testing.assert_array_equal(np.unique(y), [0, 1 / 0.7])
    assert y.mean() == pytest.approx(1, abs=5 * np.sqrt(0.3 / 0.7 / x.size))
    np.testing.assert_array_equal(dropout_backward(2 * x, mask), 2 * y)
    same, none = dropout_forward(x, 0.3, None)
    assert same is x and dropout_backward(x, none) is x
    assert dropout_forward(x.astype(np.float32), 0.3, rng)[0].dtype == np.float32


def test_the_variational_mask_is_one_for_all_times_and_another_for_each_sequence():
    y, _ = dropout_forward(np.ones((9, 20, 40)), 0.5, np.random.default_rng(0), variational=True)
    np.testing.assert_array_equal(y, np.broadcast_to(y[:1], y.shape))
    assert (y[0, 0] != y[0, 1]).any()
    y, _ = dropout_forward(np.ones((9, 20, 40)), 0.5, np.random.default_rng(0))
    assert (y[0] != y[1]).any()


def test_dropout_stands_between_layers_only():
    case = build(RNN, 5, 2, 3, 4, layers=1, dropout=0.9)
    dropped = case.layer.forward(case.params, case.xs, rng=np.random.default_rng(0))[0]
    np.testing.assert_array_equal(dropped, case.layer.forward(case.params, case.xs)[0])


@often
@given(st.integers(1, 5), st.integers(0, 12), st.integers(1, 3), st.integers(0, 99))
def test_rows_of_equal_ids_add_up(K, N, D, seed):
    rng = np.random.default_rng(seed)
    rows, ids = rng.normal(size=(N, D)), rng.integers(0, K, N)
    expected = np.zeros((K, D))
    np.add.at(expected, ids, rows)
    close([add_rows(rows, ids, K), add_rows(torch.tensor(rows), torch.tensor(ids), K).numpy()], [expected, expected])
    x, cache = embedding_forward(ids, rng.normal(size=(K, D)))
    close([embedding_backward(rows, cache)], [expected])
    assert x.shape == rows.shape


def test_squared_error_equals_torch():
    rng = np.random.default_rng(0)
    y, targets = rng.normal(size=(2, 3, 4))
    leaf = torch.tensor(y, requires_grad=True)
    expected = torch.nn.functional.mse_loss(leaf, torch.tensor(targets), reduction="sum")
    (wanted,) = torch.autograd.grad(0.5 * expected, [leaf])
    total, count, cache = squared_error(y, targets)
    assert count == 12 and total == pytest.approx(expected.item(), rel=1e-12)
    assert relative_error(squared_error_backward(cache, 0.5), wanted.numpy()) <= 1e-12


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("masked", [False, True])
def test_the_gradient_of_smoothed_and_masked_cross_entropy_equals_torch(masked, smoothing):
    rng = np.random.default_rng(0)
    logits, targets = 3 * rng.normal(size=(5, 3, 6)), rng.integers(0, 6, (5, 3))
    mask = rng.random((5, 3)) < 0.6 if masked else None
    leaf = torch.tensor(logits, requires_grad=True)
    each = torch.nn.functional.cross_entropy(
        leaf.reshape(-1, 6), torch.tensor(targets).reshape(-1), reduction="none", label_smoothing=smoothing
    )
    kept = each if mask is None else each[torch.tensor(mask).reshape(-1)]
    (wanted,) = torch.autograd.grad(kept.mean(), [leaf])
    _, count, cache = cross_entropy(logits, targets, mask)
    dlogits = cross_entropy_backward(cache, 1 / count, smoothing)
    assert relative_error(dlogits, wanted.numpy()) <= 1e-12
