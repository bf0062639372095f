"""Every model's gradients against torch autograd through the model's own forward pass, and against the complex step."""

import functools
from typing import Any

import numpy as np
import pytest
import torch

from rnncore.cells import GRU, LSTM, RNN
from rnncore.gradcheck import complex_step, relative_error
from rnncore.layers import cross_entropy
from rnncore.models import Classifier, Conditional, LanguageModel, Seq2Seq, Tagger

pytestmark = pytest.mark.engines

T, B = 5, 3
rng = np.random.default_rng(0)
LENGTHS = np.array([5, 1, 3])
IDS = rng.integers(0, 6, (T, B))
REAL = rng.normal(size=(T, B, 4))
SPELLING = (rng.integers(0, 5, (4, 7)), np.array([1, 4, 2, 3, 3, 2, 1]), rng.integers(0, 7, (T, B)))
SOURCES = rng.integers(0, 7, (4, B))
SOURCE_LENGTHS = np.array([2, 4, 1])

LM: dict[str, Any] = {"inputs": 6, "K": 5, "D": 3, "H": 4}
S2S: dict[str, Any] = {"sources": 7, "targets": 6, "D": 4, "H": 3}
MODELS = {
    "lm": (LanguageModel(**LM), (IDS,)),
    "lm, two layers, LSTM": (LanguageModel(**LM, cell=LSTM, layers=2), (IDS,)),
    "lm, tied": (LanguageModel(6, 5, 4, 4, GRU, tied=True), (IDS,)),
    **{
        f"classifier, {pooling}, {cell.name}": (Classifier(6, 3, 4, 5, cell, 2, True, pooling), (IDS, LENGTHS))
        for pooling in ("last", "mean", "max", "attention")
        for cell in (RNN, LSTM)
    },
    "classifier of vectors": (Classifier(None, 1, 4, 5, GRU), (REAL,)),
    "tagger": (Tagger(6, 4, 3, 5), (IDS, LENGTHS)),
    "tagger, left to right": (Tagger(6, 4, 3, 5, cell=GRU, bidirectional=False), (IDS, LENGTHS)),
    "tagger, letters": (Tagger(6, 4, 3, 5, chars=5, Dc=2, Hc=3, layers=2), (IDS, LENGTHS, SPELLING)),
    "conditional": (Conditional(4, LanguageModel(**LM, cell=LSTM, layers=2), code=3), (REAL[0], IDS)),
    "conditional, no encoder": (Conditional(4, LanguageModel(**LM)), (REAL[0], IDS)),
    **{
        f"seq2seq, {attention}, {cell.name}, tied={tied}": (
            Seq2Seq(**S2S, cell=cell, layers=layers, attention=attention, tied=tied),
            (SOURCES, SOURCE_LENGTHS, IDS),
        )
        for attention, cell, layers, tied in [
            (None, GRU, 1, False),
            ("dot", GRU, 2, True),
            ("additive", LSTM, 1, False),
            ("additive", RNN, 2, True),
        ]
    },
}
models = pytest.mark.parametrize("name", MODELS)


def on_torch(value):
    if isinstance(value, tuple):
        return tuple(on_torch(part) for part in value)
    return torch.tensor(value)


@models
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_gradients_equal_autograd_through_the_same_forward(name, dropout):
    model, inputs = MODELS[name]
    if dropout:
        target = model.lm if isinstance(model, Conditional) else model
        object.__setattr__(target, "dropout", dropout)
    try:
        params = model.init(np.random.default_rng(1))
        output, *_, cache = model.forward(params, *inputs, rng=np.random.default_rng(7))
        upstream = np.random.default_rng(2).normal(size=output.shape)
        _, grads = model.backward(upstream, cache)
        assert grads.keys() == params.keys()

        leaves = {key: torch.tensor(p, requires_grad=True) for key, p in params.items()}
        output, *_ = model.forward(leaves, *on_torch(inputs), rng=np.random.default_rng(7))
        expected = torch.autograd.grad(
            (output * torch.tensor(upstream)).sum(), list(leaves.values()), allow_unused=True
        )
    finally:
        if dropout:
            object.__setattr__(target, "dropout", 0.0)
    for key, theirs in zip(leaves, expected):
        theirs = np.zeros_like(params[key]) if theirs is None else theirs.numpy()
        assert np.abs(grads[key] - theirs).max() <= 1e-12 * max(np.abs(theirs).max(), 1e-3), key


@functools.cache
def stepped(name, shape):
    """Return gradients by the complex step, once for all engines: only the reference takes complex numbers."""
    model, inputs = MODELS[name]
    params, upstream = model.init(np.random.default_rng(1)), np.random.default_rng(2).normal(size=shape)

    def loss(key):
        return lambda probe: (model.forward({**params, key: probe}, *inputs)[0] * upstream).sum()

    return {key: complex_step(loss(key), p) for key, p in params.items()}


@models
def test_gradients_equal_the_complex_step(name):
    model, inputs = MODELS[name]
    params = model.init(np.random.default_rng(1))
    output, *_, cache = model.forward(params, *inputs)
    _, grads = model.backward(np.random.default_rng(2).normal(size=output.shape), cache)
    expected = stepped(name, output.shape)
    assert grads.keys() == expected.keys()
    for key, theirs in expected.items():
        assert relative_error(grads[key], theirs) <= 1e-10, key


@models
def test_float32_stays_float32_and_is_near_float64(name):
    model, inputs = MODELS[name]
    params = model.init(np.random.default_rng(1))
    small = {key: p.astype(np.float32) for key, p in params.items()}
    single = tuple(x.astype(np.float32) if getattr(x, "dtype", None) == np.float64 else x for x in inputs)
    output, *_, cache = model.forward(small, *single)
    assert output.dtype == np.float32
    upstream = np.random.default_rng(2).normal(size=output.shape).astype(np.float32)
    both = [model.backward(upstream, cache), model.backward(upstream.astype(float), model.forward(params, *inputs)[-1])]
    (_, ours), (_, theirs) = both
    for key in params:
        assert ours[key].dtype == np.float32, key
        assert np.abs(ours[key] - theirs[key]).max() <= 1e-4 * max(np.abs(theirs[key]).max(), 1e-2), key


def test_padding_changes_neither_scores_nor_gradients():
    for name in ("classifier, attention, LSTM", "classifier, last, RNN", "tagger", "seq2seq, dot, GRU, tied=True"):
        model, inputs = MODELS[name]
        params = model.init(np.random.default_rng(1))
        first, lengths, *rest = inputs
        longer = np.vstack([first, np.full((2, B), 5)])
        a, b = (model.forward(params, x, lengths, *rest)[0] for x in (first, longer))
        valid = np.arange(T)[:, None] < LENGTHS if name == "tagger" else slice(None)
        b = b[:T] if name == "tagger" else b
        np.testing.assert_allclose(a[valid], b[valid], rtol=0, atol=1e-14)


def test_the_loss_of_each_model_is_the_masked_cross_entropy():
    model, (src, lengths, ids) = MODELS["seq2seq, dot, GRU, tied=True"]
    params = model.init(np.random.default_rng(1))
    targets, mask = (ids + 1) % 6, np.arange(T)[:, None] < LENGTHS
    total, count, grads = model.loss(params, src, lengths, ids, targets, mask)
    assert count == LENGTHS.sum() and grads.keys() == params.keys()
    logits, _ = model.forward(params, src, lengths, ids)
    assert total == cross_entropy(logits, targets, mask)[0]
    assert model.score(params, src, lengths, ids, targets, mask) == (total, count)


def test_reading_step_by_step_equals_reading_at_once():
    model, (src, lengths, ids) = MODELS["seq2seq, additive, LSTM, tied=False"]
    params = model.init(np.random.default_rng(1))
    whole, _ = model.forward(params, src, lengths, ids)
    state, _ = model.encode(params, src, lengths)
    for t in range(T):
        logits, state = model.step(params, ids[t], state)
        assert relative_error(logits, whole[t]) < 1e-13


@pytest.mark.gpu
@models
def test_a_model_on_the_gpu_equals_itself_on_numpy(name):
    model, inputs = MODELS[name]
    params = model.init(np.random.default_rng(1))
    output, *_, cache = model.forward(params, *inputs)
    upstream = np.random.default_rng(2).normal(size=output.shape)
    _, ours = model.backward(upstream, cache)
    inputs = tuple(torch.tensor(x, device="cuda") if getattr(x, "dtype", None) == np.float64 else x for x in inputs)
    on_gpu = {key: torch.tensor(p, device="cuda") for key, p in params.items()}
    output, *_, cache = model.forward(on_gpu, *inputs)  # ids stay NumPy arrays, as the tasks give them
    _, theirs = model.backward(torch.tensor(upstream, device="cuda"), cache)
    for key in params:
        assert theirs[key].device.type == "cuda"
        assert np.abs(theirs[key].cpu().numpy() - ours[key]).max() <= 1e-10 * max(np.abs(ours[key]).max(), 1e-3), key


@models
def test_a_model_on_torch_equals_itself_on_numpy(name):
    model, inputs = MODELS[name]
    params = model.init(np.random.default_rng(1))
    output, *_, cache = model.forward(params, *inputs)
    upstream = np.random.default_rng(2).normal(size=output.shape)
    _, ours = model.backward(upstream, cache)
    tensors = tuple(torch.tensor(x) if getattr(x, "dtype", None) == np.float64 else x for x in inputs)
    output, *_, cache = model.forward({key: torch.tensor(p) for key, p in params.items()}, *tensors)
    _, theirs = model.backward(torch.tensor(upstream), cache)
    for key in params:
        assert np.abs(theirs[key].numpy() - ours[key]).max() <= 1e-12 * max(np.abs(ours[key]).max(), 1e-3), key
