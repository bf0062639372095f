"""The source of train_gated is scored as it is defined, and the LSTM that its notebook gives is an LSTM."""

import numpy as np
import pytest

from autograder.cases.train_gated import cases
from autograder.checks import run_check
from autograder.checks.solutions import surroundings

Q = 0.05


def strings(length):
    """Yield each string that the source can write, with its probability, by following its rule."""

    def grow(text, role, letter, p):
        if len(text) == length:
            yield text, p
        elif role == "letter":
            for symbol in (0, 1):
                yield from grow([*text, symbol], "between", symbol, p / 2)
        elif role == "between":
            yield from grow([*text, 3], "answer", letter, p * 0.2)
            for symbol in (0, 1):
                yield from grow([*text, symbol], "between", letter, p * 0.4)
        elif role == "answer":
            yield from grow([*text, letter], "mark", letter, p * (1 - Q))
            yield from grow([*text, 1 - letter], "mark", letter, p * Q)
        else:
            yield from grow([*text, 2], "letter", letter, p)

    yield from grow([2], "letter", None, 1.0)


def test_the_source_scores_each_string_by_its_probability():
    known = list(strings(8))
    assert sum(p for _, p in known) == pytest.approx(1)
    for text, p in known:
        assert cases.source_log_likelihood(np.array([text]).T, Q) == pytest.approx(np.log(p))


def test_the_source_writes_nothing_else_and_as_often_as_it_says():
    drawn = cases.strings(Q, 6, 20_000, np.random.default_rng(0)).T.tolist()
    known = {tuple(text): p for text, p in strings(6)}
    for text, p in known.items():
        assert sum(tuple(one) == text for one in drawn) / len(drawn) == pytest.approx(p, abs=0.01)
    assert {tuple(one) for one in drawn} <= set(known)


def test_the_notebook_scores_as_the_judge_does():
    given, ids = surroundings("train_gated"), cases.strings(Q, 24, 50, np.random.default_rng(1))
    bits = -cases.source_log_likelihood(ids, Q) / ids[1:].size / np.log(2)
    assert given["source_bits"](ids, Q) == pytest.approx(bits)
    P = given["start"]("gru", 4, 5, np.random.default_rng(2))
    bits = -cases.log_likelihood(ids, P) / ids[1:].size / np.log(2)
    assert given["network_bits"]("gru", P, ids) == pytest.approx(bits)


def test_what_scores_better_than_the_source_is_an_alarm():
    given, ids = surroundings("train_gated"), cases.strings(Q, 24, 50, np.random.default_rng(1))
    P = given["start"]("gru", 4, 5, np.random.default_rng(2))
    told = cases.Judge(ids, cases.log_likelihood(ids, P) - 30, 0.1)(P)
    assert told is not None and "better than their own source" in told


def test_the_given_lstm_passes_the_checks_of_the_chapter_before():
    given = surroundings("train_gated")
    assert run_check("lstm_forward", (given["lstm_forward"],)).passed
    assert run_check("lstm_backward", (given["lstm_forward"], given["lstm_backward"])).passed
