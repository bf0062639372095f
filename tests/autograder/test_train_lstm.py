"""The source and the judge of train_lstm: its floor is exact, and a network without the memory fails."""

import numpy as np
import pytest

from autograder.cases.lstm_step.cases import WEIGHTS
from autograder.cases.train_lstm import cases
from rnncore.data.sources import REBER


def zeros(H=3):
    """Weights that give every symbol the same probability."""
    sizes = {"H": H, "D": 7}
    P = {name: np.zeros([sizes[axis] for axis in axes.split()]) for name, axes in WEIGHTS.items()}
    return {**P, "U": np.zeros((7, H)), "c": np.zeros(7)}


def test_a_word_holds_two_reber_strings_between_two_equal_letters_and_costs_what_they_cost():
    rng, totals = np.random.default_rng(0), []
    for _ in range(3000):
        letters, bits = cases.word(rng)
        assert letters[1] == letters[-2] and len(letters) == len(bits)
        inner = "".join(letters[2:-2])
        (cut,) = [k for k in range(1, len(inner)) if inner[k - 1 : k + 1] == "EB"]
        strings = [np.array([REBER.words.index(letter) for letter in part]) for part in (inner[:cut], inner[cut:])]
        assert -REBER.logprob(strings).sum() / np.log(2) == pytest.approx(sum(bits) - 1)
        totals.append(sum(bits))
    assert np.mean(totals) == pytest.approx(13, abs=0.3)


def test_what_knows_nothing_pays_the_same_for_every_symbol():
    ids, own, far = cases.strings(20, 50, np.random.default_rng(0))
    assert np.allclose(cases.paid(ids, zeros()), np.log2(7))
    assert np.all(own[far] == 0) and far.any() and set(np.unique(ids[far])) == {1, 2}


def test_a_network_that_has_only_forgotten_the_letter_fails_and_is_told_so(monkeypatch):
    ids, own, far = cases.strings(20, 500, np.random.default_rng(0))
    judge = cases.Judge(ids, own, far)
    monkeypatch.setattr(cases, "paid", lambda ids, P: own[1:])
    assert judge(zeros()) is None
    monkeypatch.setattr(cases, "paid", lambda ids, P: own[1:] + far[1:])
    told = judge(zeros())
    assert told is not None and "costs 1.00 bits" in told and "the early letter is not kept" in told


def test_what_scores_better_than_the_source_is_an_alarm():
    ids, own, far = cases.strings(20, 50, np.random.default_rng(0))
    told = cases.Judge(ids, own + 4, far)(zeros())
    assert told is not None and "better than their own source" in told
