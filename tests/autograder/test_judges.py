"""The judges of a trained tagger and of a trained writer of captions: their floors, their alarms, what they say."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.cases.train_captions import cases as captions
from autograder.cases.train_tagger import cases as tagger
from autograder.checks.solutions import solution_scope


def entropy(q):
    return -q * np.log2(q) - (1 - q) * np.log2(1 - q)


def drawn(shapes: dict[str, str], sizes: dict[str, int], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return weights of the shapes that a contract says."""
    return {key: 0.5 * rng.normal(size=[sizes[axis] for axis in axes.split()]) for key, axes in shapes.items()}


@pytest.fixture
def writer():
    """A judge of captions, and a network."""
    rng = np.random.default_rng(0)
    data, logp, blind = captions.draw(0.7, 400, rng)
    sizes = {"E": 3, "F": 16, "H": 5, "N": 11, "D": 4, "K": 10}
    judge = captions.Judge(data, float(logp.sum()), float(blind.sum()))
    return judge, drawn(captions.SHAPES, sizes, rng)


@pytest.fixture
def labeller():
    """A judge of tags, and a network."""
    rng = np.random.default_rng(0)
    hmm = tagger.source(rng)
    data = tagger.draw(hmm, 400, rng)
    judge = tagger.Judge(data, tagger.exact(hmm, data, "both"), tagger.exact(hmm, data, "left"))
    return judge, drawn(tagger.SHAPES, {"M": 8, "D": 3, "H": 5, "2H": 10, "K": 4}, rng)


def test_captions_cost_what_their_source_says_and_a_blind_reader_pays_for_what_is_told():
    said = 0.75
    _, logp, blind = captions.draw(said, 20_000, np.random.default_rng(1))
    assert -logp.mean() / np.log(2) == pytest.approx(1 + entropy(0.4) + 2 * entropy(said), abs=0.03)
    assert (logp - blind).mean() / np.log(2) == pytest.approx(1 + 2 * said, abs=0.03)


def test_the_judge_of_captions_scores_as_the_assignment_does(writer):
    judge, Q = writer
    x, words, mask, which = judge.data
    solved = solution_scope("ch08_conditional")
    want = -solved["caption_nll"](solved["condition_state"](x, Q)[which], words, mask, Q).sum()
    assert captions.log_likelihood(judge.data, Q) == pytest.approx(want)
    total, dh0, _ = solved["caption_gradients"](solved["condition_state"](x, Q)[which], words, mask, Q)
    assert total == pytest.approx(-want) and dh0.shape == (len(which), 5)


def test_the_judge_of_tags_scores_as_the_assignment_does(labeller):
    judge, P = labeller
    ids, lengths, tags = judge.data
    mask, solved = np.arange(len(ids))[:, None] < lengths, solution_scope("ch09_tagging")
    total, _, _ = solved["masked_token_loss"](solved["tag_scores"](ids, lengths, P), tags, mask)
    assert tagger.log_probabilities(judge.data, P).sum() == pytest.approx(-total)
    nothing = {name: 0 * value for name, value in P.items()}
    assert tagger.log_probabilities(judge.data, nothing)[mask] == pytest.approx(-np.log(4))


@pytest.mark.parametrize(("name", "key"), [("caption_gradients", "Q"), ("tag_gradients", "P")])
def test_the_gradients_that_are_given_are_those_of_the_loss(name, key, writer, labeller):
    judge, weights = writer if key == "Q" else labeller
    solved = solution_scope("ch08_conditional" if key == "Q" else "ch09_tagging")
    if key == "Q":
        x, words, mask, which = judge.data
        h0 = solved["condition_state"](x, weights)[which]
        loss = lambda w: solved[name](h0, words, mask, w)[0]  # noqa: E731
        grads = solved[name](h0, words, mask, weights)[2]
    else:
        ids, lengths, tags = judge.data
        mask = np.arange(len(ids))[:, None] < lengths
        both = lambda w: solved["masked_token_loss"](solved["tag_scores"](ids, lengths, w), tags, mask)  # noqa: E731
        loss = lambda w: both(w)[0]  # noqa: E731
        grads = solved[name](both(weights)[2], ids, lengths, weights)
    rng = np.random.default_rng(2)
    for part, grad in grads.items():
        way = rng.normal(size=grad.shape)
        ahead, behind = (loss({**weights, part: weights[part] + step * way}) for step in (1e-5, -1e-5))
        assert (ahead - behind) / 2e-5 == pytest.approx((grad * way).sum(), rel=1e-5), part


def test_the_exact_posterior_beats_the_left_side_and_chance_does_not_ring_the_alarm(labeller):
    judge, P = labeller
    assert (judge.best - judge.left).sum() > 0.1 * judge.data[1].sum() * np.log(2)
    assert "alone is" in judge(P) or "equally likely" in judge(P)
    unfair = replace(judge, best=judge.best - 30.0)
    assert "No tagger can" in unfair(P)


def test_captions_that_score_better_than_their_source_are_an_alarm_and_a_blind_score_is_named(writer):
    judge, Q = writer
    assert "No model can" in replace(judge, best=judge.best - 1e5)(Q)
    own = captions.log_likelihood(judge.data, Q)
    at_the_blind_score = replace(judge, best=own + judge.best - judge.blind, blind=own)
    assert "does not look" in at_the_blind_score(Q)
    assert "not finite" in judge({**Q, "U": np.full_like(Q["U"], np.inf)})
