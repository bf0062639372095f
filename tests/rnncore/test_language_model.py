"""The language model and its task: gradients, normalisation, sampling, the floor, resume after a kill."""

import itertools
import os

import numpy as np
import pytest

from rnncore.data import EVEN_PROCESS, GOLDEN_MEAN
from rnncore.gradcheck import gradcheck
from rnncore.models import LanguageModel, sample
from rnncore.tasks.charlm import generate, main, train_source, train_text
from rnncore.train.checkpoint import load_checkpoint

pytestmark = pytest.mark.engines

MODEL = LanguageModel(inputs=4, K=3, D=2, H=5)
PARAMS = MODEL.init(np.random.default_rng(0))


def test_all_gradients_equal_the_complex_step():
    rng = np.random.default_rng(1)
    ids, targets, mask = rng.integers(0, 4, (6, 3)), rng.integers(0, 3, (6, 3)), rng.random((6, 3)) < 0.7
    state = (rng.normal(size=(1, 3, 5)),)
    total, count, _, grads = MODEL.loss(PARAMS, ids, targets, state, mask)

    def mean_loss(params):
        from rnncore.layers import cross_entropy

        logits, _, _ = MODEL.forward(params, ids, state)
        return cross_entropy(logits, targets, mask)[0] / count

    gradcheck(mean_loss, PARAMS, grads, rtol=1e-12)


def test_the_probabilities_of_all_strings_of_one_length_sum_to_one():
    strings = np.array(list(itertools.product(range(3), repeat=5))).T
    inputs = np.vstack([np.full((1, strings.shape[1]), 3), strings[:-1]])
    logits, _, _ = MODEL.forward(PARAMS, inputs, MODEL.zero_state(PARAMS, strings.shape[1]))
    logp = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, strings[..., None], axis=-1)[..., 0].sum(axis=0)
    assert np.exp(chosen).sum() == pytest.approx(1, abs=1e-12)


def test_stepping_equals_reading_all_at_once():
    ids = np.random.default_rng(2).integers(0, 4, (5, 3))
    whole, _, _ = MODEL.forward(PARAMS, ids, MODEL.zero_state(PARAMS, 3))
    state = MODEL.zero_state(PARAMS, 3)
    for t in range(5):
        logits, state = MODEL.step(PARAMS, ids[t], state)
        np.testing.assert_allclose(logits, whole[t], rtol=0, atol=1e-14)


def fixed(logits):
    return lambda ids, state: (np.tile(logits, (len(ids), 1)), state)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_samples_follow_softmax_of_logits_over_temperature(temperature):
    logits = np.array([0.0, 1.0, -1.0])
    drawn = sample(fixed(logits), (), np.zeros(20_000, int), 1, np.random.default_rng(0), temperature)
    p = np.exp(logits / temperature) / np.exp(logits / temperature).sum()
    counts = np.bincount(drawn[0], minlength=3)
    assert ((counts - 20_000 * p) ** 2 / (20_000 * p)).sum() < 18.4  # chance 1e-4 with 2 degrees of freedom


def test_temperature_zero_is_argmax_and_top_k_keeps_ties():
    rng = np.random.default_rng(0)
    assert set(sample(fixed(np.array([0.0, 2.0, 1.0])), (), np.zeros(50, int), 1, rng, 0)[0]) == {1}
    drawn = sample(fixed(np.array([1.0, 1.0, 0.0, 1.0])), (), np.zeros(500, int), 1, rng, top_k=2)
    assert set(drawn[0]) == {0, 1, 3}
    with pytest.raises(ValueError, match="temperature"):
        sample(fixed(np.zeros(2)), (), np.zeros(1, int), 1, rng, -1)


SOURCES = {"reference": EVEN_PROCESS, "compiled": GOLDEN_MEAN}
"""One for each engine: that engines compute the same, their own tests say."""


@pytest.mark.slow
def test_charlm_comes_within_two_hundredths_of_a_bit_of_the_exact_score(engine):
    result = train_source(SOURCES[engine], progress=False)
    assert 0 < result.model - result.source <= 0.02
    assert not result.alarm


def test_a_text_is_trained_on_validated_and_continued(tmp_path):
    text = "the cat sat on the mat. " * 200
    model, vocabulary, run = train_text(
        text[:3600], text[3600:], steps=60, H=32, T=16, B=8, lr=0.01, every=30, run_dir=tmp_path, progress=False
    )
    assert run.params["rnn.W_l0"].dtype == np.float32
    assert run.history[-1]["validation"] < 0.8 * np.log(len(vocabulary))
    written = generate(model, run.params, vocabulary, "the", 20, np.random.default_rng(0), 0.5)
    assert written.startswith("the") and len(written) == 23


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.skipif("RNNCORE_DATA" not in os.environ, reason="RNNCORE_DATA names no folder with the real corpora")
def test_tiny_shakespeare_trains_resumes_samples_and_reports_nats_per_character(tmp_path, capsys):
    arguments = ["--data", "tiny-shakespeare", "--hidden", "64", "--quiet", "--run-dir", str(tmp_path)]
    for steps in ("100", "200"):
        assert main([*arguments, "--steps", steps]) == 0
        printed = capsys.readouterr().out
        assert f"nats per character after {steps} steps" in printed
    history = load_checkpoint(tmp_path / "checkpoint.npz")[1]["history"]
    assert [entry["step"] for entry in history] == [100, 200]
    assert history[1]["validation"] < history[0]["validation"] < np.log(65)
    assert len(printed.splitlines()) > 2
