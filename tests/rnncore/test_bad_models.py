"""Bad input to attention, pooling, models and n-grams: the error names the argument, what it got, what was expected."""

import re
from typing import Any

import numpy as np
import pytest

from rnncore import layers as nn
from rnncore.cells import GRU, LSTM
from rnncore.data import NGram
from rnncore.models import Classifier, Conditional, LanguageModel, Seq2Seq, Tagger

rng = np.random.default_rng(0)
draw = lambda *shape: rng.normal(size=shape)  # noqa: E731
whole = lambda *shape: np.zeros(shape, int)  # noqa: E731

T, B = 4, 3
Q, KEYS, VALUES, MASK = draw(2, B, 5), draw(T, B, 5), draw(T, B, 6), np.ones((T, B), bool)
CLASSIFIER, TAGGER = Classifier(5, 2, 3, 4, LSTM), Tagger(5, 3, 2, 4, chars=4, Dc=2, Hc=2)
LM = LanguageModel(5, 4, 3, 4)
CONDITIONAL, S2S = Conditional(6, LM), Seq2Seq(5, 4, 3, 4, GRU)
HALF: Any = 4.5
PARAMS = {model: model.init(rng) for model in (CLASSIFIER, TAGGER, LM, CONDITIONAL, S2S)}
SPELLING = (whole(2, 2), np.array([1, 2]), whole(T, B))


def run(model, *inputs):
    return model.forward(PARAMS[model], *inputs)


CASES = {
    "dot, q": (lambda: nn.dot_attention(Q[0], KEYS, VALUES), "q: got shape (3, 5), expected (T, B, size)"),
    "dot, keys": (lambda: nn.dot_attention(Q, draw(T, B, 4), VALUES), "keys: got shape (4, 3, 4), expected"),
    "dot, values": (lambda: nn.dot_attention(Q, KEYS, VALUES[1:]), "values: got (3, 3, 6), expected"),
    "dot, batch": (lambda: nn.dot_attention(Q[:, 1:], KEYS, VALUES), "values: got"),
    "dot, no keys": (lambda: nn.dot_attention(Q, KEYS[:0], VALUES[:0]), "keys: got shape (0, 3, 5), expected"),
    "dot, mask": (lambda: nn.dot_attention(Q, KEYS, VALUES, MASK.T),
        "mask: got shape (3, 4), expected (Ts, B) = (4, 3)"),
    "additive, v": (lambda: nn.additive_attention(Q, KEYS, VALUES, MASK, draw(4)),
        "keys, v: got (4, 3, 5), (4,), expected"),
    "max of nothing": (lambda: nn.masked_max(KEYS, np.array([1, 0, 2])), "lengths: got [1, 0, 2], expected"),
    "pooling": (lambda: Classifier(5, 2, 3, 4, pooling="min"), "pooling: got 'min', expected one of"),
    "no classes": (lambda: Classifier(5, 0, 3, 4), "K: got 0, expected an integer, at least 1"),
    "half a unit": (lambda: LanguageModel(5, 4, 3, HALF), "H: got 4.5, expected an integer, at least 1"),
    "no symbols": (lambda: LanguageModel(0, 4, 3, 4), "inputs: got 0, expected"),
    "tied": (lambda: LanguageModel(5, 4, 3, 4, tied=True), "tied: got D=3, H=4"),
    "no words": (lambda: Tagger(0, 3, 2, 4), "words: got 0, expected"),
    "no features": (lambda: Conditional(0, LM), "features: got 0, expected"),
    "attention": (lambda: Seq2Seq(5, 4, 3, 4, attention="mul"),
        "attention: got 'mul', expected None, 'dot' or 'additive'"),
    "ids beyond": (lambda: run(CLASSIFIER, whole(T, B) + 5), "ids: got values in 5..5, expected 0..4"),
    "ids below": (lambda: run(LM, whole(T, B) - 1), "ids: got values in -1..-1, expected 0..4"),
    "source ids": (lambda: run(S2S, whole(T, B) + 9, np.full(B, T), whole(T, B)), "ids: got values in 9..9, expected"),
    "too long": (lambda: run(CLASSIFIER, whole(T, B), np.array([5, 1, 1])), "lengths: got"),
    "lengths of others": (lambda: run(CLASSIFIER, whole(T, B), np.array([1, 1])), "lengths: got shape (2,), expected"),
    "spelling missing": (lambda: run(TAGGER, whole(T, B), np.full(B, T)), "spelling: got none, expected the opposite"),
    "spelling not asked for": (lambda: Tagger(5, 3, 2, 4).forward(Tagger(5, 3, 2, 4).init(rng), whole(T, B),
                               np.full(B, T), SPELLING), "spelling: got one, expected the opposite"),
    "condition": (lambda: run(CONDITIONAL, draw(B, 5), whole(T, B)), "x: got shape (3, 5), expected (B, F) with F = 6"),
    "order": (lambda: NGram(0, 3), "order: got 0, expected an integer, at least 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_error_names_the_argument_what_it_got_and_what_was_expected(case):
    call, words = CASES[case]
    with pytest.raises(ValueError, match="^" + re.escape(words)):
        call()


@pytest.mark.parametrize(
    "attention", [nn.dot_attention, lambda q, k, v, m: nn.additive_attention(q, k, v, m, np.ones(5))]
)
def test_weights_are_zero_where_masked_one_in_sum_and_all_zero_where_nothing_is_left(attention):
    mask = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 0, 0]], bool)
    context, weights, _ = attention(100 * Q, KEYS, VALUES, mask)
    np.testing.assert_allclose(weights.sum(axis=2), np.array([[1, 1], [1, 1], [0, 0]]), atol=1e-12)
    assert (weights[np.broadcast_to(~mask.T[:, None, :], weights.shape)] == 0).all()
    assert np.isfinite(context).all() and (context[:, 2] == 0).all()
    order = np.array([2, 0, 3, 1])
    again, _, _ = attention(100 * Q, KEYS[order], VALUES[order], mask[order])
    np.testing.assert_allclose(again, context, atol=1e-12)
