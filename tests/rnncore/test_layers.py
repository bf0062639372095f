"""Layers against autograd, on every array library."""

import array_api_strict
import numpy as np
import pytest
import torch

from rnncore.gradcheck import relative_error
from rnncore.layers import (
    cross_entropy,
    cross_entropy_backward,
    embedding_backward,
    embedding_forward,
    linear_backward,
    linear_forward,
    masked_mean,
)

LIBRARIES = {"numpy": np.asarray, "torch": torch.asarray, "strict": array_api_strict.asarray}
libraries = pytest.mark.parametrize("convert", LIBRARIES.values(), ids=LIBRARIES)
rng = np.random.default_rng(0)


@libraries
def test_linear_equals_torch(convert):
    x, U, c, dy = (rng.normal(size=shape) for shape in [(3, 2, 5), (4, 5), (4,), (3, 2, 4)])
    y, cache = linear_forward(*(convert(a) for a in (x, U, c)))
    grads = linear_backward(convert(dy), cache)
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, U, c)]
    expected = torch.nn.functional.linear(*leaves)
    wanted = torch.autograd.grad((expected * torch.tensor(dy)).sum(), leaves)
    for ours, theirs in zip([y, *grads], [expected, *wanted], strict=True):
        assert relative_error(np.asarray(ours), theirs.detach().numpy()) <= 1e-12


@libraries
def test_embedding_adds_up_repeated_ids(convert):
    ids, E, dx = np.array([[1, 3], [1, 1], [0, 3]]), rng.normal(size=(5, 4)), rng.normal(size=(3, 2, 4))
    x, cache = embedding_forward(convert(ids), convert(E))
    dE = embedding_backward(convert(dx), cache)
    leaf = torch.tensor(E, requires_grad=True)
    expected = torch.nn.functional.embedding(torch.tensor(ids), leaf)
    (wanted,) = torch.autograd.grad((expected * torch.tensor(dx)).sum(), [leaf])
    assert np.array_equal(np.asarray(x), expected.detach().numpy())
    assert relative_error(np.asarray(dE), wanted.numpy()) <= 1e-12


def test_embedding_refuses_an_id_that_indexing_would_wrap():
    with pytest.raises(ValueError, match=r"ids: got values in -1\.\.2, expected 0\.\.4"):
        embedding_forward(np.array([-1, 2]), np.zeros((5, 3)))


@libraries
@pytest.mark.parametrize("masked", [False, True])
def test_cross_entropy_equals_torch(convert, masked):
    logits, targets = 5 * rng.normal(size=(4, 3, 6)), rng.integers(0, 6, (4, 3))
    mask = rng.random((4, 3)) < 0.6 if masked else None
    total, count, cache = cross_entropy(convert(logits), convert(targets), None if mask is None else convert(mask))
    dlogits = cross_entropy_backward(cache, 0.25)
    leaf = torch.tensor(logits, requires_grad=True)
    each = torch.nn.functional.cross_entropy(leaf.reshape(-1, 6), torch.tensor(targets).reshape(-1), reduction="none")
    expected = (each * (1 if mask is None else torch.tensor(mask).reshape(-1))).sum()
    (wanted,) = torch.autograd.grad(0.25 * expected, [leaf])
    assert count == (12 if mask is None else mask.sum())
    assert float(total) == pytest.approx(expected.item(), rel=1e-12)
    assert relative_error(np.asarray(dlogits), wanted.numpy()) <= 1e-12


def test_cross_entropy_is_safe_for_large_logits_and_for_an_empty_mask():
    total, count, _ = cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))
    assert (float(total), count) == (1000.0, 1)
    total, count, cache = cross_entropy(np.zeros((2, 3)), np.array([0, 1]), np.zeros(2, bool))
    assert (float(total), count) == (0.0, 0) and not cross_entropy_backward(cache).any()


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="targets: got shape"):
        cross_entropy(np.zeros((2, 3)), np.array([0]))
    with pytest.raises(ValueError, match="x: got shape"):
        linear_forward(np.zeros((2, 3)), np.zeros((4, 5)), np.zeros(4))


@libraries
def test_a_mean_over_valid_steps_does_not_see_nan_in_the_padding(convert):
    hs, lengths = rng.normal(size=(5, 3, 4)), np.array([5, 2, 1])
    want = np.stack([hs[:n, b].mean(axis=0) for b, n in enumerate(lengths)])
    hs[np.arange(5)[:, None] >= lengths] = np.nan
    np.testing.assert_allclose(np.asarray(masked_mean(convert(hs), lengths)[0]), want, rtol=1e-12)
