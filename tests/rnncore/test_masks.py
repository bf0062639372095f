"""Masks select: what lies in padding may be anything, for everything that takes lengths or a mask, forward and back.

Each example is run twice, with zeros in the padding and with NaN, infinity or the largest number there; all results
must be equal to the bit, and gradients on padding zero.
"""

import inspect

import numpy as np
import pytest
import torch

import rnncore.layers
import rnncore.models
from rnncore import layers as nn
from rnncore.cells import CELLS
from rnncore.engines import run, run_backward
from rnncore.models import Classifier, LanguageModel, Seq2Seq, Tagger
from rnncore.ops import to_numpy

T, B, D, H = 6, 4, 3, 5
LENGTHS = np.array([6, 1, 4, 0])
SOME = np.maximum(LENGTHS, 1)
JUNK = [np.nan, np.inf, -np.inf, 1e38]
inside = nn.valid_steps(LENGTHS, T)
some = nn.valid_steps(SOME, T)
rng = np.random.default_rng(0)
draw = lambda *shape: rng.normal(size=shape).astype(np.float32)  # noqa: E731
libraries = pytest.mark.parametrize("make", [np.asarray, torch.asarray], ids=["numpy", "torch"])
XS, STATE, DHS, DSTATE = draw(T, B, D), draw(B, H), draw(T, B, H), draw(B, H)


def spoilt(x, valid, junk):
    """Return x with `junk` where the mask is false."""
    x = x.copy()
    x[~valid] = junk
    return x


def flat(found):
    """Return all arrays in nested results, as NumPy arrays."""
    if found is None or isinstance(found, int):
        return []
    if isinstance(found, dict):
        return [array for key in sorted(found) for array in flat(found[key])]
    if isinstance(found, tuple | list):
        return [array for part in found for array in flat(part)]
    return [np.array(to_numpy(found) if hasattr(found, "dtype") else found)]


def check(compute, valid, make=np.asarray):
    """Compare results of compute(spoil) for a spoil that fills padding with zeros, and for all others."""
    clean = flat(compute(lambda x: make(spoilt(x, valid, 0))))
    for junk in JUNK:
        found = flat(compute(lambda x, junk=junk: make(spoilt(x, valid, junk))))
        assert len(found) == len(clean) > 0
        for ours, theirs in zip(found, clean):
            assert np.isfinite(theirs).all()
            np.testing.assert_array_equal(ours, theirs)


# the recurrent layer, by every engine

ENGINES = [("reference", np.asarray), ("reference", torch.asarray), ("cpu", np.asarray), ("cpu", torch.asarray),
           ("native", torch.asarray)]  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("engine, make", ENGINES, ids=[f"{e}-{m.__module__.split('.')[0]}" for e, m in ENGINES])
@pytest.mark.parametrize("checkpoint", [False, True], ids=["kept", "checkpointed"])
def test_every_engine(name, engine, make, checkpoint):
    cell = CELLS[name]
    if engine == "native" and name == "gru-before":
        pytest.skip("torch has no layer for it")
    params = nn.init_recurrent(cell, D, H, np.random.default_rng(1), np.float32)
    params = params._replace(
        **{k: make(v) for k, v in params._asdict().items() if k != "own"}, own=(*map(make, params.own),)
    )
    state, dstate = (tuple(make(part) for _ in cell.state) for part in (STATE, DSTATE))

    def compute(spoil):
        hs, final, cache = run(cell, spoil(XS), state, params, LENGTHS if make is np.asarray else make(LENGTHS),
                               engine=engine, checkpoint=checkpoint)  # fmt: skip
        hs, final = hs + 0, tuple(part + 0 for part in final)
        dxs, *rest = run_backward(cell, make(DHS), dstate, cache)
        assert not to_numpy(dxs)[~inside].any()
        return hs, final, dxs, rest

    check(compute, inside, make)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_cuda_engine_by_the_interpreter(cell, monkeypatch):
    pytest.importorskip("triton", reason="Triton is not installed")
    from rnncore.engines.cuda import cuda_scan, cuda_scan_backward

    monkeypatch.setenv("TRITON_INTERPRET", "1")
    params = nn.init_recurrent(CELLS[cell], D, H, np.random.default_rng(1), np.float32)
    params = params._replace(V=torch.asarray(params.V), W=torch.asarray(params.W), b=torch.asarray(params.b),
                             own=tuple(map(torch.asarray, params.own)))  # fmt: skip
    state = tuple(torch.asarray(STATE) for _ in CELLS[cell].state)

    def compute(spoil):
        hs, final, cache = cuda_scan(CELLS[cell], spoil(XS), state, params, torch.asarray(LENGTHS))
        hs = hs + 0
        return hs, final, cuda_scan_backward(CELLS[cell], torch.asarray(DHS), None, cache)

    check(compute, inside, torch.asarray)


@libraries
def test_layers_over_both_directions(make):
    layer = nn.Recurrent(CELLS["lstm"], D, H, 2, bidirectional=True)
    params = {k: make(p) for k, p in layer.init(np.random.default_rng(0), np.float32).items()}

    def compute(spoil):
        ys, final, cache = layer.forward(params, spoil(XS), None, make(LENGTHS))
        return ys, final, layer.backward(0 * ys + 1, None, cache)

    check(compute, inside, make)


# pooling, attention, loss


@libraries
@pytest.mark.parametrize("pool", ["masked_mean", "masked_max"])
def test_pooling(pool, make):
    valid, lengths = (some, SOME) if pool == "masked_max" else (inside, LENGTHS)

    def compute(spoil):
        y, cache = getattr(nn, pool)(spoil(DHS), lengths)
        dhs = getattr(nn, f"{pool}_backward")(0 * y + 1, cache)
        assert not to_numpy(dhs)[~valid].any()
        return y, dhs

    check(compute, valid, make)


@libraries
def test_attention_pooling(make):
    A, a, v = (make(x) for x in (draw(3, H), draw(3), draw(3)))

    def compute(spoil):
        y, weights, cache = nn.attention_pool(spoil(DHS), LENGTHS, A, a, v)
        return y, weights, nn.attention_pool_backward(0 * y + 1, cache)

    check(compute, inside, make)


@libraries
@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_attention(kind, make):
    q, keys, values, v = draw(2, B, H), draw(T, B, H), draw(T, B, D), draw(H)

    def compute(spoil):
        mask = make(inside)
        arrays = (make(q), spoil(keys), spoil(values), mask)
        if kind == "dot":
            context, weights, cache = nn.dot_attention(*arrays, scale=0.5)
            return context, weights, nn.dot_attention_backward(0 * context + 1, cache)
        context, weights, cache = nn.additive_attention(*arrays, make(v))
        return context, weights, nn.additive_attention_backward(0 * context + 1, cache)

    check(compute, inside, make)


@libraries
@pytest.mark.parametrize("target", [-100, -1, 10**9])
def test_cross_entropy(make, target):
    logits, targets = draw(T, B, H), rng.integers(0, H, (T, B))
    targets[~inside] = target  # torch's custom is -100

    def compute(spoil):
        total, count, cache = nn.cross_entropy(spoil(logits), make(targets), make(inside))
        assert count == inside.sum()
        dlogits = nn.cross_entropy_backward(cache, 1 / count, smoothing=0.1)
        assert not to_numpy(dlogits)[~inside].any()
        return total, dlogits

    check(compute, inside, make)


# models


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize("both", [False, True])
def test_a_classifier_of_vectors(pooling, both):
    model = Classifier(None, 2, D, H, bidirectional=both, pooling=pooling, layers=2)
    params = model.init(np.random.default_rng(0), np.float32)

    def compute(spoil):
        total, count, grads = model.loss(params, spoil(XS), np.array([0, 1, 0, 1]), SOME)
        return total, grads

    check(compute, some)


IDS = rng.integers(0, 4, (T, B))
OTHERS = {
    LanguageModel: (LanguageModel(4, 4, 3, 5), lambda m, p, ids: m.loss(p, ids, IDS, None, inside)[:1]),
    Tagger: (Tagger(4, 4, 3, 5), lambda m, p, ids: m.loss(p, ids, IDS, LENGTHS)),
    Seq2Seq: (Seq2Seq(4, 4, 3, 5), lambda m, p, ids: m.loss(p, ids, SOME, IDS, IDS, inside)),
}


@pytest.mark.parametrize("kind", [Tagger, Seq2Seq])
def test_models_of_symbols_do_not_read_padding(kind):
    model, loss = OTHERS[kind]
    params = model.init(np.random.default_rng(0), np.float32)
    valid = some if kind is Seq2Seq else inside
    clean, other = (flat(loss(model, params, np.where(valid, IDS, fill))) for fill in (0, 3))
    for ours, theirs in zip(other, clean):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)


def test_all_that_takes_lengths_or_a_mask_is_tried_here():
    """Whatever has such an argument in the public functions of layers: a new one must come into this file."""
    takes = {
        name
        for name in rnncore.layers.__all__
        if callable(thing := getattr(rnncore.layers, name))
        and {"lengths", "mask"} & set(inspect.signature(thing).parameters)
    }
    here = {"attention_pool", "additive_attention", "cross_entropy", "dot_attention", "dropout_backward", "masked_max"}
    assert takes == here | {"masked_mean", "reverse", "run", "valid_steps"}  # reverse moves, and computes nothing
