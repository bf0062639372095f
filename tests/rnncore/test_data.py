"""Sources against enumeration, text and corpora."""

import itertools

import numpy as np
import pytest

from rnncore.data import EVEN_PROCESS, GOLDEN_MEAN, SOURCES, Vocabulary, corpus_file, lm_batches, too_good
from rnncore.data.sources import Source

FLOORS = {
    "golden-mean": [0.9183, 0.6667, 0.6667],
    "even-process": [0.9183, 0.8742, 0.7925, 0.7704, 0.7296, 0.7185, 0.6981, 0.6926],
    "simple-nonunifilar": [0.8113, 0.6887, 0.6800, 0.6784, 0.6780],
}
RATES = {"golden-mean": 2 / 3, "even-process": 2 / 3, "simple-nonunifilar": 0.67787}
each_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


@each_source
def test_probabilities_of_all_strings_sum_to_one(source):
    strings = np.array(list(itertools.product(range(2), repeat=8))).T
    assert np.exp(source.logprob(strings)).sum() == pytest.approx(1, abs=1e-12)


@each_source
def test_the_entropy_rate_is_the_known_one_and_the_floors_come_down_to_it(source):
    assert source.entropy_rate() == pytest.approx(RATES[source.name], abs=1e-12 if source.unifilar else 5e-6)
    floors = [source.floor(k) for k in range(len(FLOORS[source.name]))]
    np.testing.assert_allclose(floors, FLOORS[source.name], atol=5e-5)
    assert all(a >= b - 1e-12 for a, b in itertools.pairwise(floors)) and floors[-1] >= source.entropy_rate() - 1e-9


def test_the_floor_of_order_13_of_the_even_process():
    assert EVEN_PROCESS.floor(13) == pytest.approx(0.6699, abs=5e-5)


def test_forbidden_strings_have_probability_zero():
    assert GOLDEN_MEAN.logprob(np.array([[0], [0]]))[0] == -np.inf
    assert EVEN_PROCESS.logprob(np.array([[0], [1], [0]]))[0] == -np.inf
    assert np.isfinite(EVEN_PROCESS.logprob(np.array([[0], [1], [1], [0]]))[0])


@each_source
def test_samples_have_the_frequencies_that_logprob_says(source):
    strings = source.sample(4, 40_000, np.random.default_rng(0))
    counts = np.bincount(strings.T @ [8, 4, 2, 1], minlength=16)
    p = np.exp(source.logprob(np.array(list(itertools.product(range(2), repeat=4))).T))
    assert counts[p < 1e-12].sum() == 0
    seen = p > 1e-12
    chi2 = ((counts[seen] - 40_000 * p[seen]) ** 2 / (40_000 * p[seen])).sum()
    assert chi2 < 45  # fewer than 15 degrees of freedom: chance below 1e-4, and the seed is fixed


@each_source
def test_the_mean_score_of_long_samples_is_the_entropy_rate(source):
    strings = source.sample(2000, 50, np.random.default_rng(1))
    assert -source.logprob(strings).mean() / 2000 / np.log(2) == pytest.approx(RATES[source.name], abs=0.01)


def test_bad_sources_and_strings_are_refused():
    with pytest.raises(ValueError, match="expected 1 for each"):
        Source("leaky", np.full((2, 1, 1), 0.4))
    with pytest.raises(ValueError, match="strings: got"):
        GOLDEN_MEAN.logprob(np.array([[2]]))


def test_the_alarm_rings_for_a_model_that_looks_ahead_and_for_no_honest_one():
    strings = EVEN_PROCESS.sample(64, 100, np.random.default_rng(2))
    logp = EVEN_PROCESS.logprob(strings).sum()
    assert too_good(strings.size * np.log(0.9), logp)
    assert not too_good(logp, logp)
    assert not too_good(strings.size * np.log(0.5), logp)


@pytest.mark.parametrize(("N", "T", "B"), [(101, 7, 4), (50, 100, 3), (11, 2, 10), (23, 1, 1)])
def test_every_symbol_but_the_first_is_a_target_once_and_streams_are_contiguous(N, T, B):
    pieces = lm_batches(np.arange(N), T, B)
    inputs = np.vstack([piece[0] for piece in pieces])
    targets = np.vstack([piece[1] for piece in pieces])
    np.testing.assert_array_equal(targets, inputs + 1)
    used = B * ((N - 1) // B)
    np.testing.assert_array_equal(np.sort(targets.ravel()), np.arange(1, used + 1))
    assert N - 1 - used < B
    assert (np.diff(inputs, axis=0) == 1).all()
    assert all(len(piece[0]) == T for piece in pieces[:-1]) and 1 <= len(pieces[-1][0]) <= T


def test_a_text_too_short_is_named():
    with pytest.raises(ValueError, match="ids: got 3 symbols"):
        lm_batches(np.arange(3), 5, 4)


def test_vocabulary_names_an_unknown_symbol():
    with pytest.raises(ValueError, match="'z'"):
        Vocabulary.of("abc").encode("az")


def test_corpora_are_checked_whether_they_are_missing_changed_or_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNCORE_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="RNNCORE_DATA"):
        corpus_file("tiny-shakespeare/input.txt")
    (tmp_path / "tiny-shakespeare").mkdir()
    (tmp_path / "tiny-shakespeare" / "input.txt").write_text("To be")
    with pytest.raises(ValueError, match="SHA-256"):
        corpus_file("tiny-shakespeare/input.txt")
    with pytest.raises(ValueError, match="name: got 'moby-dick'"):
        corpus_file("moby-dick")
