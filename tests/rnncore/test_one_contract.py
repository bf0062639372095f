"""One contract over all engines and layers: dtypes, writability, the smallest sizes; and numbers at their edges."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from rnncore import layers as nn
from rnncore.cells import CELLS, GRU, LSTM
from rnncore.engines import run, run_backward
from rnncore.models import Classifier, beam, sample
from rnncore.ops import to_numpy
from rnncore.tasks.translate import bleu
from rnncore.torch import from_torch
from rnncore.train import SGD, Adam, AdamW, RMSProp, StepResult, clip_by_norm, clip_by_value, fit
from tests.rnncore.test_masks import ENGINES, flat

SIZES = [(1, 0, 2, 3), (4, 0, 2, 3), (1, 1, 1, 1), (3, 1, 1, 1), (1, 2, 3, 1), (5, 2, 1, 3), (40, 1, 2, 2)]
engines = pytest.mark.parametrize(
    "engine, make", ENGINES, ids=[f"{e}-{m.__module__.split('.')[0]}" for e, m in ENGINES]
)


def both_ways(cell, sizes, engine, make, dtype, lengths=None, checkpoint=False):
    """Return hs, the final state, and what the backward pass gives."""
    T, B, D, H = sizes
    rng = np.random.default_rng(0)
    params = nn.init_recurrent(cell, D, H, rng, dtype)
    params = params._replace(V=make(params.V), W=make(params.W), b=make(params.b), own=tuple(map(make, params.own)))
    xs, state = make(rng.normal(size=(T, B, D)).astype(dtype)), (make(np.ones((B, H), dtype)),) * len(cell.state)
    hs, final, cache = run(cell, xs, state, params, lengths, engine=engine, checkpoint=checkpoint)
    return hs, final, run_backward(cell, make(np.ones((T, B, H), dtype)), None, cache)


@engines
@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_smallest_sizes_and_the_dtype(engine, make, name, dtype):
    if engine == "native" and name == "gru-before":
        pytest.skip("torch has no layer for it")
    for sizes, checkpoint in itertools.product(SIZES, [False, True]):
        T, B, D, H = sizes
        for lengths in (None, make(np.full(B, T))):
            hs, final, (dxs, dstate, d) = both_ways(CELLS[name], sizes, engine, make, dtype, lengths, checkpoint)
            assert tuple(hs.shape) == (T, B, H) and tuple(dxs.shape) == (T, B, D)
            assert all(tuple(part.shape) == (B, H) for part in (*final, *dstate))
            found = [hs, *final, dxs, *dstate, d.V, d.W, d.b, *d.own]
            assert {str(x.dtype).removeprefix("torch.") for x in found} == {dtype}
            expected = both_ways(CELLS[name], sizes, "reference", make, dtype, lengths)
            for ours, theirs in zip(flat((hs, final, dxs, dstate, tuple(d))), flat((*expected[:2], *expected[2]))):
                np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=2e-6)


@engines
@pytest.mark.parametrize("T", [1, 10, 100])
@pytest.mark.parametrize("checkpoint", [False, True])
def test_results_are_as_writable_from_every_engine(engine, make, T, checkpoint):
    hs, final, (dxs, dstate, d) = both_ways(LSTM, (T, 2, 3, 4), engine, make, "float32", None, checkpoint)
    if make is np.asarray:
        with pytest.raises(ValueError, match="read-only"):
            hs *= 2
    else:
        hs *= 2
    for part in (*final, dxs, *dstate, d.V, d.W, d.b):
        part *= 2  # the caller's own


@engines
def test_what_is_written_into_the_final_state_changes_no_gradient(engine, make):
    rng = np.random.default_rng(0)
    params = nn.init_recurrent(CELLS["rnn"], 2, 3, rng, np.float64)
    params = params._replace(V=make(params.V), W=make(params.W), b=make(params.b))
    xs, state = make(rng.normal(size=(4, 2, 2))), (make(np.zeros((2, 3))),)
    found = []
    for factor in (1, 5):
        hs, (h,), cache = run(CELLS["rnn"], xs, state, params, engine=engine)
        h *= factor
        found.append(flat(run_backward(CELLS["rnn"], 0 * hs + 1, None, cache)))
    for ours, theirs in zip(*found):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("make", [np.asarray, torch.asarray], ids=["numpy", "torch"])
@pytest.mark.parametrize("T", [10, 200])
@pytest.mark.parametrize("both", [False, True])
def test_the_layers_results_are_as_writable_for_every_length_and_direction(make, T, both):
    layer = nn.Recurrent(GRU, 2, 3, bidirectional=both)
    params = {k: make(p) for k, p in layer.init(np.random.default_rng(0)).items()}
    ys, (h,), _ = layer.forward(params, make(np.ones((T, 2, 2))))
    h *= 2
    if make is np.asarray:
        with pytest.raises(ValueError, match="read-only"):
            ys *= 2
    else:
        ys *= 2


# one dtype in, the same out; or an error that names both

F32, F64 = np.ones((2, 2, 2), np.float32), np.ones((2, 2, 2))
LAYER = nn.Recurrent(GRU, 2, 3)
SINGLE = LAYER.init(np.random.default_rng(0), np.float32)
CLASSIFIER = Classifier(None, 2, 2, 3)
MIXED: dict[str, Any] = {
    "layer": lambda: LAYER.forward(SINGLE, F64),
    "state": lambda: LAYER.forward(SINGLE, F32, (np.zeros((1, 2, 3)),)),
    "backward": lambda: LAYER.backward(np.ones((2, 2, 3)), None, LAYER.forward(SINGLE, F32)[2]),
    "linear": lambda: nn.linear_forward(F64, F32[0], F32[0, 0]),
    "squared error": lambda: nn.squared_error(F64, F32),
    "attention": lambda: nn.dot_attention(F32, F64, F32),
    "classifier": lambda: CLASSIFIER.forward(CLASSIFIER.init(np.random.default_rng(0), np.float32), F64),
    **{type(o).__name__: lambda o=o: o.update({"w": F32}, {"w": F64}, o.init({"w": F32})) for o in
       (SGD(0.1), Adam(0.1), AdamW(0.1), RMSProp(0.1))},
}  # fmt: skip


@pytest.mark.parametrize("name", MIXED)
def test_two_dtypes_are_an_error_that_names_both(name):
    with pytest.raises(
        TypeError, match=r"got dtype float(32|64), expected that of .*, float(32|64); convert one of them"
    ):
        MIXED[name]()


STEP = np.float64(0.5)
SCALARS: dict[str, Any] = {
    "clip by norm": lambda: clip_by_norm({"w": F32}, STEP)[0],
    "clip by value": lambda: clip_by_value({"w": F32}, STEP),
    "dropout": lambda: nn.dropout_forward(F32, STEP, np.random.default_rng(0)),
    "cross entropy": lambda: nn.cross_entropy_backward(nn.cross_entropy(F32, np.zeros((2, 2), int))[2], STEP, STEP),
    "squared error": lambda: nn.squared_error_backward(F32, STEP),
    "attention": lambda: nn.dot_attention(F32, F32, F32, None, STEP)[:2],
    "SGD": lambda: SGD(STEP, STEP).update({"w": F32}, {"w": F32}, SGD(0.1).init({"w": F32}))[0],
    "Adam": lambda: Adam(STEP, STEP, STEP, STEP).update({"w": F32}, {"w": F32}, Adam(0.1).init({"w": F32}))[0],
    "AdamW": lambda: AdamW(STEP, decay=STEP).update({"w": F32}, {"w": F32}, AdamW(0.1).init({"w": F32}))[0],
    "RMSProp": lambda: RMSProp(STEP, STEP, STEP).update({"w": F32}, {"w": F32}, RMSProp(0.1).init({"w": F32}))[0],
}


@pytest.mark.parametrize("name", SCALARS)
def test_a_number_of_numpys_promotes_nothing(name):
    assert {array.dtype for array in flat(SCALARS[name]())} == {np.dtype("float32")}


def test_data_in_double_cannot_widen_a_model_in_single():
    def step(params, step, rng, carry):
        y, cache = nn.linear_forward(np.ones((2, 2), np.float32), params["w"], np.zeros(2, np.float32))
        return StepResult(1.0, 1, {"w": nn.linear_backward(y, cache)[1].astype(np.float64)})

    with pytest.raises(
        TypeError, match="the gradient of w: got dtype float64, expected that of the parameter w, float32"
    ):
        fit({"w": np.ones((2, 2), np.float32)}, step, Adam(0.1), 1, np.random.default_rng(0), progress=False)


# numbers at their edges


def fixed(*logits):
    return lambda ids, state: (np.tile(np.array(logits), (len(ids), 1)), state)


@pytest.mark.parametrize("temperature", [0, 1e-310, 1e-3, 1.0, 1e3])
def test_infinite_logits_and_tiny_temperatures_are_their_limits(temperature):
    rng, start = np.random.default_rng(0), np.zeros(400, int)
    many = lambda *logits: set(sample(fixed(*logits), (), start, 1, rng, temperature)[0].tolist())  # noqa: E731
    assert many(0.0, np.inf, 5.0) == {1} and many(-np.inf, 3.0, -np.inf) == {1}
    assert many(0.0, np.inf, np.inf) == ({1, 2} if temperature else {1})
    if temperature and temperature < 1:
        assert many(1.0, 2.0, 3.0) == {2}
    with pytest.raises(FloatingPointError, match="got -inf for every symbol"):
        many(-np.inf, -np.inf)


def test_a_beam_takes_what_is_possible():
    found = beam(fixed(-np.inf, np.inf, 0.0), (), np.zeros(1, int), 0, 2, 0.0, 3)
    assert found[0][0].ids.tolist() == [1, 1, 1] and found[0][0].logp == 0
    for logits in [(-np.inf, -np.inf), (0.0, np.nan)]:
        with pytest.raises(FloatingPointError, match="logits: got"):
            beam(fixed(*logits), (), np.zeros(1, int), 0, 1, 0.0, 1)


@pytest.mark.parametrize("make", [np.asarray, torch.asarray], ids=["numpy", "torch"])
def test_the_norm_of_complex_gradients_and_of_entries_whose_squares_overflow(make):
    clipped, norm = clip_by_norm({"w": make(np.array([3j, 4.0]))}, 1.0)
    assert norm == pytest.approx(5)
    np.testing.assert_allclose(to_numpy(clipped["w"]), [0.6j, 0.8])
    large = make(np.array([3e200, -4e200]))
    clipped, norm = clip_by_norm({"a": large}, 10.0)
    assert norm == pytest.approx(5e200)
    np.testing.assert_allclose(to_numpy(clipped["a"]), [6, -8])
    top = make(np.full(9, 1e308))
    clipped, norm = clip_by_norm({"a": top}, 3.0)  # the norm itself is beyond a float
    np.testing.assert_allclose(to_numpy(clipped["a"]), 1)
    clipped, norm = clip_by_norm({"a": make(np.array([3e30, 4e30], np.float32))}, 1.0)
    assert norm == pytest.approx(5e30, rel=1e-6) and "float32" in str(clipped["a"].dtype)
    with pytest.raises(TypeError, match="w: got dtype complex128, expected real"):
        clip_by_value({"w": np.ones(2, complex)}, 1.0)


@pytest.mark.parametrize("pool", [nn.masked_mean, nn.masked_max])
@pytest.mark.parametrize(
    "lengths, error, words",
    [
        ([3, 1], ValueError, "integers in"),
        ([-1, 1], ValueError, "integers in"),
        ([1.0, 1.0], TypeError, "got dtype float64, expected integers"),
        ([1], ValueError, "expected (B,) = (2,)"),
        ([[1, 1]], ValueError, "expected (B,) = (2,)"),
    ],
)
def test_pooling_takes_no_other_lengths(pool, lengths, error, words):
    with pytest.raises(error) as refused:
        pool(F64, np.array(lengths))
    assert str(refused.value).startswith("lengths: got") and words in str(refused.value)


def test_bleu_wants_a_reference_for_each_hypothesis():
    for hypotheses, references in [(["a b", "c"], ["a b"]), ([], []), (["a"], ["a", "b"])]:
        with pytest.raises(ValueError, match="references: got"):
            bleu(hypotheses, references)


def test_weights_of_torch_in_bfloat16_are_taken_and_inconsistent_ones_are_not():
    module = torch.nn.GRU(2, 3, 2, bidirectional=True, dtype=torch.bfloat16)
    params = from_torch(module.state_dict())
    assert {p.dtype for p in params.values()} == {np.dtype("float32")}
    np.testing.assert_array_equal(params["W_l0"], module.state_dict()["weight_hh_l0"].float().numpy())
    good = torch.nn.LSTM(2, 3, 2, bidirectional=True).state_dict()
    wrong = {
        "weight_ih_l0": torch.ones(11, 2),
        "weight_hh_l0": torch.ones(12, 4),
        "bias_ih_l0": torch.ones(4),
        "bias_hh_l1": torch.ones(12, 1),
        "weight_ih_l1": torch.ones(12, 3),
        "weight_ih_l1_reverse": torch.ones(12, 6).double(),
    }
    for name, tensor in wrong.items():
        with pytest.raises(ValueError, match="state_dict: got"):
            from_torch({**good, name: tensor})
    for missing in ("l0", "l1_reverse", "l0_reverse"):
        with pytest.raises(ValueError, match="state_dict: got"):
            from_torch({name: t for name, t in good.items() if not name.endswith(missing)})
