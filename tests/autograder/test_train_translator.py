"""The source of numbers in words, and its judge: the floor is the closed form, and what beats it rings the alarm."""

import numpy as np
import pytest

from autograder.cases.train_translator import cases
from autograder.checks.solutions import solution_scope

WEIGHTS = {"S": (10, 2), "V_e": (3, 2), "W_e": (3, 3), "b_e": 3, "Y": (22, 2), "V_d": (3, 2), "W_d": (3, 3), "b_d": 3,
           "U": (21, 6), "c": 21}  # fmt: skip


def nothing_learned():
    return {**{name: np.zeros(shape) for name, shape in WEIGHTS.items()}, "tau": 1.0}


def told(judge, weights):
    """Return what a judge says of weights, which is something."""
    said = judge(weights)
    assert said is not None
    return said


def test_the_floor_is_the_coins_entropy_for_each_number():
    p = 0.3
    *_, mask, best = cases.pairs(50_000, p, np.random.default_rng(0))
    entropy = -p * np.log2(p) - (1 - p) * np.log2(1 - p)
    assert -best / np.log(2) / mask.shape[1] == pytest.approx(entropy, abs=0.01)
    assert mask.sum() / mask.shape[1] == pytest.approx(
        5 + p, abs=0.02
    )  # 3, 5 or 7 words and the end, and one "and" more


def test_weights_of_zero_give_every_word_the_same_probability():
    src, lengths, tgt, mask, best = cases.pairs(200, 0.3, np.random.default_rng(1))
    words = mask.sum()
    assert cases.log_likelihood(src, lengths, tgt, mask, nothing_learned()) == pytest.approx(-words * np.log(21))
    assert "Hardly a word is known" in told(cases.Judge(src, lengths, tgt, mask, best), nothing_learned())


def test_what_scores_better_than_the_source_is_an_alarm():
    src, lengths, tgt, mask, best = cases.pairs(200, 0.3, np.random.default_rng(1))
    judge = cases.Judge(src, lengths, tgt, mask, best - 20_000)
    assert "better than their own source" in told(judge, nothing_learned())


def test_a_temperature_that_is_not_positive_is_told():
    src, lengths, tgt, mask, best = cases.pairs(20, 0.3, np.random.default_rng(1))
    assert "tau" in told(cases.Judge(src, lengths, tgt, mask, best), {**nothing_learned(), "tau": -1.0})


def test_the_notebook_draws_from_the_same_source():
    say = solution_scope("ch10_translation")["say"]
    src, lengths, tgt, mask, _ = cases.pairs(300, 0.4, np.random.default_rng(2))
    for k, length in enumerate(lengths):
        words = tgt[mask[:, k], k].tolist()
        assert words == say(src[:length, k], cases.AND in words)
