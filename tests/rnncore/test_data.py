"""Sources against enumeration, text and corpora."""

import itertools
import os

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


# n-grams


def test_ngram_probabilities_sum_to_one_and_follow_the_formula():
    from rnncore.data import NGram

    strings = [[0, 1, 2, 1], [0, 1, 1], [2]]
    for order in (1, 2, 3):
        model = NGram(order, 4).fit(strings)
        every = itertools.product(range(4), repeat=3)
        assert sum(np.exp(model.logprob(s)) for s in every) == pytest.approx(1, abs=1e-12)
    one = NGram(1, 4).fit(strings)  # counts 2, 4, 2, 0 of 8; three different symbols
    assert np.exp(one.logprob([1])) == pytest.approx((4 + 3 / 4) / 11)
    two = NGram(2, 4).fit(strings)  # after 1: a 2 and a 1; two different symbols
    first = (2 + 2 * (2 + 3 / 4) / 11) / 5
    after = [(0 + 2 * (2 + 3 / 4) / 11) / 4, (1 + 2 * (4 + 3 / 4) / 11) / 4]
    assert np.exp(two.logprob([0, 1])) == pytest.approx(first * (2 + 1 * (4 + 3 / 4) / 11) / 3)
    assert np.exp(two.logprob([0, 1, 1])) == pytest.approx(np.exp(two.logprob([0, 1])) * after[1])
    assert np.exp(two.logprob([0, 1, 0])) == pytest.approx(np.exp(two.logprob([0, 1])) * after[0])
    for order in (1, 2, 3):
        lower = NGram(3, 4).fit(strings).lower(order)
        for string in ([0, 1], [2, 1, 1, 0], [3]):
            assert lower.logprob(string) == NGram(order, 4).fit(strings).logprob(string)
    with pytest.raises(ValueError, match="order"):
        NGram(0, 2)
    with pytest.raises(ValueError, match="order: got 4, expected 1 to 3"):
        NGram(3, 4).lower(4)


# batches of sequences


def test_pad_shift_and_length_batches():
    from rnncore.data import length_batches, pad_batch, shifted

    seqs = [np.array([5, 6, 0]), np.array([7, 0])]
    ids, lengths = pad_batch(seqs, pad=9)
    assert ids.tolist() == [[5, 7], [6, 0], [0, 9]] and lengths.tolist() == [3, 2]
    inputs, targets, mask = shifted(seqs, bos=8)
    assert inputs.tolist() == [[8, 8], [5, 7], [6, 0]] and targets[mask].tolist() == [5, 7, 6, 0, 0]
    assert 8 not in targets[mask]
    sizes = np.random.default_rng(0).integers(1, 30, 101)
    batches = length_batches(sizes.tolist(), 8, np.random.default_rng(1))
    assert sorted(np.concatenate(batches)) == list(range(101)) and max(map(len, batches)) == 8
    assert np.mean([np.ptp(sizes[b]) for b in batches]) < 3
    assert [list(b) for b in length_batches([3, 1, 2], 2)] == [[1, 2], [0]]


def test_vocabularies_hold_training_words_only():
    from rnncore.data import EOS, UNK

    v = Vocabulary.of(["a", "b", "a", "c"], [UNK, EOS], min_count=2)
    assert v.symbols == (UNK, EOS, "a") and v.encode(["a", "zebra", "b"]).tolist() == [2, 0, 0]


# real corpora


real = pytest.mark.skipif("RNNCORE_DATA" not in os.environ, reason="RNNCORE_DATA names no folder with the real corpora")


@real
@pytest.mark.real_data
def test_the_six_corpora_are_what_their_makers_say():
    from rnncore.data import jsb_chorales, multi30k, names, rt_polarity, ud_english_ewt

    sizes = [len(ud_english_ewt(s)) for s in ("train", "dev", "test")]
    assert sizes == [12544, 2001, 2077]
    dev = ud_english_ewt("dev")
    assert {tag for s in dev for _, tag in s} <= set(
        [
            "ADJ",
            "ADP",
            "ADV",
            "AUX",
            "CCONJ",
            "DET",
            "INTJ",
            "NOUN",
            "NUM",
            "PART",
            "PRON",
            "PROPN",
            "PUNCT",
            "SCONJ",
            "SYM",
            "VERB",
            "X",
        ]
    )
    assert [len(multi30k(s)) for s in ("train", "val", "test_2016_flickr")] == [29_000, 1014, 1000]
    assert multi30k("val")[0][1].startswith("A group of men")
    pieces = jsb_chorales("valid")
    assert all(p.shape[1] == 4 and p.min() >= 0 and p.max() <= 81 for p in pieces) and len(pieces) > 70
    by_language = names()
    assert len(by_language) == 18 and all(len(set(n)) == len(n) > 50 for n in by_language.values())
    sentences, labels = rt_polarity()
    assert len(sentences) == 10_662 and labels.sum() == 5331 and "\x96" not in "".join(sentences[0])
    with pytest.raises(ValueError, match="split"):
        multi30k("train2")
