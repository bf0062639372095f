"""Generation step by step in place: the same numbers as the model's own step, and no memory asked for."""

import tracemalloc

import numpy as np
import pytest
import torch

from rnncore.cells import CELLS, GRU, LSTM
from rnncore.gradcheck import relative_error
from rnncore.layers import Recurrent, Stepper, stepper, stepping
from rnncore.models import Conditional, LanguageModel, beam, sample
from rnncore.ops import to_numpy

cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
MOST = {"float32": 2e-6, "float64": 1e-12}


def model_and_params(cell=LSTM, dtype="float64", **options):
    model = LanguageModel(11, 10, 8, 8, cell, **options)
    return model, model.init(np.random.default_rng(0), dtype)


@cells
@pytest.mark.parametrize("dtype", MOST)
@pytest.mark.parametrize("options", [{}, {"layers": 3}, {"tied": True}], ids=["one", "three", "tied"])
@pytest.mark.parametrize("table", [0, stepping.TABLE], ids=["rows", "table"])
def test_it_equals_the_models_step(cell, dtype, options, table, monkeypatch):
    monkeypatch.setattr(stepping, "TABLE", table)
    model, params = model_and_params(cell, dtype, **options)
    rng, fast = np.random.default_rng(1), model.stepper(params)
    assert isinstance(fast, Stepper)
    exact = {name: p.astype(float) for name, p in params.items()}
    state = quick = tuple(rng.normal(size=part.shape).astype(dtype) for part in model.zero_state(params, 4))
    begin = [part.copy() for part in state]
    exact_state = tuple(part.astype(float) for part in state)
    for _ in range(12):
        ids = rng.integers(0, 11, 4)
        logits, quick = fast(ids, quick)
        expected, exact_state = model.step(exact, ids, exact_state)
        assert logits.dtype == dtype
        for ours, theirs in zip((logits, *quick), (expected, *exact_state), strict=True):
            assert relative_error(np.array(ours, float), theirs) <= MOST[dtype]
    assert all(np.array_equal(part, was) for part, was in zip(state, begin))  # a state of the caller's is only read


def test_samples_are_the_same_and_batches_may_change_their_size():
    model, params = model_and_params(GRU, layers=2)
    fast = model.stepper(params)
    for B in (1, 5, 3):
        start, state = np.zeros(B, int), model.zero_state(params, B)
        drawn = [
            sample(step, state, start, 20, np.random.default_rng(B), eos=3)
            for step in (fast, lambda ids, s: model.step(params, ids, s))
        ]
        assert np.array_equal(drawn[0], drawn[1])
    found = [
        beam(step, model.zero_state(params, 2), np.zeros(2, int), 3, 4, 0.5, 9)
        for step in (fast, lambda ids, s: model.step(params, ids, s))
    ]
    for ours, theirs in zip(*found, strict=True):
        assert [list(h.ids) for h in ours] == [list(h.ids) for h in theirs]


def test_no_memory_is_asked_for_from_one_symbol_to_the_next():
    model, params = model_and_params(LSTM, "float32", layers=2)
    fast, ids = model.stepper(params), np.array([1, 2, 3])
    _, state = fast(ids, model.zero_state(params, 3))
    tracemalloc.start()
    try:
        for _ in range(50):
            _, state = fast(ids, state)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(50):
            _, state = fast(ids, state)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 500 and peak - before < 3000  # Python's own small objects; one row of logits is larger


def test_tensors_come_back_as_tensors():
    model, params = model_and_params(LSTM, "float32")
    tensors = {name: torch.asarray(p) for name, p in params.items()}
    fast = model.stepper(tensors)
    state = model.zero_state(tensors, 2)
    for ids in ([1, 2], [4, 0]):
        logits, state = fast(torch.tensor(ids), state)
    expected, s = model.step(params, np.array([1, 2]), model.zero_state(params, 2))
    expected, _ = model.step(params, np.array([4, 0]), s)
    assert isinstance(logits, torch.Tensor) and isinstance(state[0], torch.Tensor)
    assert relative_error(to_numpy(logits), expected) <= 2e-6


def test_what_the_engine_cannot_do_is_stepped_by_the_model():
    model, params = model_and_params(LSTM)
    complex_params = {name: p + 0j for name, p in params.items()}
    step = model.stepper(complex_params)
    assert not isinstance(step, Stepper)
    logits, _ = step(np.array([1]), model.zero_state(complex_params, 1))
    assert relative_error(logits, model.stepper(params)(np.array([1]), model.zero_state(params, 1))[0]) <= 1e-12


def test_a_condition_enters_through_the_state():
    model = Conditional(5, LanguageModel(6, 6, 4, 4, GRU))
    params = model.init(np.random.default_rng(0))
    state = model.encode(params, np.eye(5)[:2])[0]
    ours, _ = model.stepper(params)(np.array([1, 2]), state)
    assert relative_error(np.array(ours), model.step(params, np.array([1, 2]), state)[0]) <= 1e-12


def test_mistakes_are_named():
    model, params = model_and_params()
    fast = model.stepper(params)
    with pytest.raises(ValueError, match=r"ids: got values in 11\.\.11, expected 0\.\.10"):
        fast(np.array([11]), model.zero_state(params, 1))
    with pytest.raises(ValueError, match=r"h: got shape \(1, 2, 8\), expected \(L, B, H\) = \(1, 1, 8\)"):
        fast(np.array([1]), model.zero_state(params, 2))
    both = Recurrent(GRU, 2, 3, bidirectional=True)
    with pytest.raises(ValueError, match="rnn: got a bidirectional layer"):
        stepper(both, both.init(np.random.default_rng(0)), np.ones((4, 2)), np.ones((4, 6)), np.ones(4))
