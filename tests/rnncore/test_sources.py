"""Sources against plain enumeration: every entropy, floor and log-probability to 1e-9, and samples by chi-square."""

import itertools
from collections import Counter

import numpy as np
import pytest

from rnncore.data.sources import (
    ADDING_BASELINE,
    EMBEDDED_REBER,
    EVEN_PROCESS,
    MELODIES,
    REBER,
    REVIEWS,
    SCENES,
    SIMPLE_NONUNIFILAR,
    STRONG,
    TAGGED,
    WEAK,
    Grammar,
    Numbers,
    Reversal,
    Reviews,
    Source,
    TaggedSource,
    Tunes,
    adding_task,
    copy_baseline,
    copy_task,
)

BIT = np.log(2)


def entropy(probabilities):
    p = np.array(list(probabilities))
    p = p[p > 0]
    return -(p * np.log2(p)).sum()


def chi_square(counts, expected):
    """Statistic and degrees of freedom, rare outcomes put together."""
    counts, expected = np.asarray(counts, float), np.asarray(expected, float)
    rare = expected < 5
    if rare.any():
        counts = np.append(counts[~rare], counts[rare].sum())
        expected = np.append(expected[~rare], expected[rare].sum())
    return ((counts - expected) ** 2 / expected).sum(), len(counts) - 1


def plausible(counts, expected):
    statistic, freedom = chi_square(counts, expected)
    return statistic < freedom + 5 * np.sqrt(2 * freedom) + 10


# hidden Markov sources


def paths(source, string):
    """P(string) as a sum over all walks through the states."""
    n, total = source.T.shape[1], 0.0
    for walk in itertools.product(range(n), repeat=len(string) + 1):
        p = source.stationary()[walk[0]]
        for symbol, i, j in zip(string, walk, walk[1:]):
            p *= source.T[symbol, i, j]
        total += p
    return total


@pytest.mark.parametrize("source", [EVEN_PROCESS, SIMPLE_NONUNIFILAR], ids=lambda source: source.name)
def test_hidden_markov_probabilities_floors_and_beliefs_equal_a_sum_over_walks(source):
    p = {s: paths(source, s) for n in range(6) for s in itertools.product(range(2), repeat=n)}
    for string, probability in p.items():
        if string:
            assert np.exp(source.logprob(np.array(string)[:, None]))[0] == pytest.approx(probability, abs=1e-9)
    blocks = [entropy(value for s, value in p.items() if len(s) == n) for n in range(6)]
    for order in range(5):
        assert source.floor(order) == pytest.approx(blocks[order + 1] - blocks[order], abs=1e-9)
    string = np.array([1, 1, 0, 1])[:, None]
    last = source.belief(string)[-1, 0]
    joint = [
        sum(source.stationary()[w[0]] * np.prod([source.T[s, i, j] for s, i, j in zip(string[:, 0], w, w[1:])])
            for w in itertools.product(range(2), repeat=5) if w[-1] == state)
        for state in range(2)
    ]  # fmt: skip
    np.testing.assert_allclose(last, np.array(joint) / sum(joint), atol=1e-9)


def test_the_rate_of_the_nonunifilar_source_lies_between_its_bounds():
    assert SIMPLE_NONUNIFILAR.entropy_rate() == pytest.approx(0.677867, abs=2e-6)
    assert not SIMPLE_NONUNIFILAR.unifilar and EVEN_PROCESS.unifilar


# grammars


def all_strings(grammar, longest):
    """Every string up to a length, with its probability, by walking the arcs."""
    found, walks = {}, [((), 0, 1.0)]
    while walks:
        string, state, p = walks.pop()
        if state == grammar.states - 1:
            found[string] = p
        elif len(string) < longest:
            walks += [((*string, w), f, p * q) for s, w, q, f in grammar.arcs if s == state]
    return found


@pytest.mark.parametrize("grammar, bits, length", [(REBER, 6, 8), (EMBEDDED_REBER, 7, 12)], ids=["reber", "embedded"])
def test_grammars_have_the_known_entropy_and_length(grammar, bits, length):
    assert grammar.entropy() == pytest.approx(bits, abs=1e-9)
    assert grammar.expected_length() == pytest.approx(length, abs=1e-9)
    found = all_strings(grammar, 26)
    assert sum(found.values()) == pytest.approx(1, abs=1e-2)
    assert entropy(found.values()) == pytest.approx(bits, abs=0.15)
    some = list(found)[:300]
    np.testing.assert_allclose(
        grammar.logprob([np.array(s) for s in some]), np.log([found[s] for s in some]), atol=1e-9
    )
    assert grammar.logprob([np.array(some[0][:-1])])[0] == -np.inf


def test_the_entropy_of_a_small_grammar_equals_its_closed_form():
    coin = Grammar("coin", ("a", "b"), ((0, 0, 0.25, 0), (0, 1, 0.75, 1)))
    assert coin.entropy() == pytest.approx(entropy([0.25, 0.75]) / 0.75, abs=1e-9)
    assert coin.expected_length() == pytest.approx(1 / 0.75, abs=1e-9)


def test_grammar_samples_have_the_frequencies_that_logprob_says():
    strings = [tuple(s) for s in REBER.sample(4000, np.random.default_rng(0))]
    found = all_strings(REBER, 16)
    assert {s for s in strings if len(s) <= 16} <= set(found) and np.isfinite(REBER.logprob(strings)).all()
    counts = Counter(strings)
    common = [s for s, p in found.items() if 4000 * p > 5]
    expected = [4000 * found[s] for s in common]
    rest = 4000 - sum(counts[s] for s in common), 4000 - sum(expected)
    assert plausible([*(counts[s] for s in common), rest[0]], [*expected, rest[1]])


def test_to_forget_the_second_symbol_of_embedded_reber_costs_one_bit_a_string():
    T, P = (EMBEDDED_REBER.words.index(word) for word in "TP")
    strings = EMBEDDED_REBER.sample(500, np.random.default_rng(1))
    other = {T: P, P: T}
    logp = EMBEDDED_REBER.logprob(strings)
    assert np.isfinite(logp).all() and all(s[1] == s[-2] for s in strings)
    half = [np.array([*s[:-2], other[s[-2]], s[-1]]) for s in strings]
    assert np.all(EMBEDDED_REBER.logprob(half) == -np.inf)  # who remembers the second symbol knows the last but one
    both = [np.array([s[0], other[s[1]], *s[2:-2], other[s[-2]], s[-1]]) for s in strings]
    share = 1 / (1 + np.exp(EMBEDDED_REBER.logprob(both) - logp))  # P(last but one | all but the second symbol)
    np.testing.assert_allclose(-np.log2(share), 1, atol=1e-9)


# memory


def test_the_copy_task_repeats_its_first_symbols_and_its_baseline_is_the_known_one():
    ids, targets = copy_task(7, 5, np.random.default_rng(0))
    assert ids.shape == targets.shape == (27, 5)
    np.testing.assert_array_equal(targets[-10:], ids[:10])
    assert (targets[:-10] == 8).all() and (ids[16] == 9).all() and (ids[10:16] == 8).all() and (ids[17:] == 8).all()
    assert copy_baseline(100) == pytest.approx(0.1733, abs=5e-5) and copy_baseline(500) == pytest.approx(0.04, abs=5e-5)


def test_the_adding_task_marks_one_number_in_each_half_and_always_one_scores_a_sixth():
    xs, targets = adding_task(9, 40_000, np.random.default_rng(0))
    assert (xs[:4, :, 1].sum(axis=0) == 1).all() and (xs[4:, :, 1].sum(axis=0) == 1).all()
    np.testing.assert_allclose((xs[..., 0] * xs[..., 1]).sum(axis=0)[:, None], targets)
    assert ((targets - 1) ** 2).mean() == pytest.approx(ADDING_BASELINE, abs=0.005) and ADDING_BASELINE == 1 / 6


# tags


def test_tags_equal_a_sum_over_all_tag_strings():
    T, K = 4, 4
    words, tags = TAGGED.sample(T, 30, np.random.default_rng(0))
    strings = np.array(list(itertools.product(range(K), repeat=T)))
    for n in range(30):
        joint = TAGGED.pi[strings[:, 0]] * TAGGED.B[strings[:, 0], words[0, n]]
        for t in range(1, T):
            joint = joint * TAGGED.A[strings[:, t - 1], strings[:, t]] * TAGGED.B[strings[:, t], words[t, n]]
        assert TAGGED.logprob(words[:, [n]])[0] == pytest.approx(np.log(joint.sum()), abs=1e-9)
        for t in range(T):
            want = [joint[strings[:, t] == k].sum() / joint.sum() for k in range(K)]
            np.testing.assert_allclose(TAGGED.posterior(words)[t, n], want, atol=1e-9)
        first = [joint[strings[:, 0] == k].sum() / joint.sum() for k in range(K)]
        assert TAGGED.posterior(words)[0, n] == pytest.approx(first, abs=1e-9)


def test_bayes_accuracy_equals_enumeration_and_is_reached_by_the_posterior_only():
    rng = np.random.default_rng(1)
    source = TaggedSource(*(rng.dirichlet(np.ones(n), size) for n, size in [(2, None), (2, 2), (3, 2)]))
    total = 0.0
    for words in itertools.product(range(3), repeat=3):
        joint = np.zeros((3, 2))
        for tags in itertools.product(range(2), repeat=3):
            p = source.pi[tags[0]] * np.prod([source.B[k, w] for k, w in zip(tags, words)])
            p *= np.prod([source.A[i, j] for i, j in itertools.pairwise(tags)])
            joint[range(3), tags] += p
        total += joint.max(axis=1).sum() / 3
    assert source.bayes_accuracy(3) == pytest.approx(total, abs=1e-9)
    assert TAGGED.bayes_accuracy(6) >= TAGGED.bayes_accuracy(6, "left") + 0.1  # what the right context is worth
    words, tags = TAGGED.sample(6, 20_000, rng)
    assert (TAGGED.posterior(words).argmax(-1) == tags).mean() == pytest.approx(TAGGED.bayes_accuracy(6), abs=0.01)


# scenes, tunes, translation, reviews


def test_scene_entropies_equal_those_of_the_table_of_captions():
    joint = {(k, c): p / 24 for k, every in enumerate(SCENES.captions) for c, p in every.items()}
    assert sum(joint.values()) == pytest.approx(1, abs=1e-12)
    marginal = Counter()
    for (_, caption), p in joint.items():
        marginal[caption] += p
    assert SCENES.entropy() == pytest.approx(entropy(marginal.values()), abs=1e-9)
    assert SCENES.conditional_entropy() == pytest.approx(entropy(joint.values()) - np.log2(24), abs=1e-9)
    assert SCENES.information() == pytest.approx(SCENES.entropy() - SCENES.conditional_entropy(), abs=1e-12)
    assert SCENES.information() < np.log2(24)
    chain = entropy([0.5, 0.5]) + entropy([0.2, 0.56, 0.24]) + entropy([0.6, 0.4]) + entropy([0.75, 0.25])
    assert SCENES.conditional_entropy() == pytest.approx(chain, abs=1e-9)  # the choices of a caption, one by one


def test_scene_samples_fit_their_probabilities_and_pictures_tell_the_condition():
    images, captions, conditions = SCENES.sample(3000, np.random.default_rng(0))
    logp = SCENES.logprob(captions, conditions)
    assert np.isfinite(logp).all() and -logp.mean() / BIT == pytest.approx(SCENES.conditional_entropy(), abs=0.1)
    assert -SCENES.marginal_logprob(captions).mean() / BIT == pytest.approx(SCENES.entropy(), abs=0.1)
    assert plausible(np.bincount(conditions, minlength=24), np.full(24, 3000 / 24))
    assert images.shape == (3000, 64) and all(c[-1] == SCENES.symbols - 1 for c in captions)
    assert SCENES.logprob([np.array([0])], np.array([0]))[0] == -np.inf
    ink = (images.reshape(-1, 8, 8) > 0.5).reshape(3000, 2, 4, 2, 4).any(axis=(2, 4)).reshape(3000, 4)
    quarter = np.array([2 * (row == "bottom") + (column == "right") for *_, row, column in SCENES.conditions])
    assert (ink.sum(axis=1) == 1).all() and (ink.argmax(axis=1) == quarter[conditions]).all()


@pytest.mark.parametrize("source, known", [(STRONG, {2: 0.531, 4: 0.862, 8: 0.986, 14: 0.999}),
                                           (WEAK, {2: 0.029, 14: 0.306})], ids=["strong", "weak"])  # fmt: skip
def test_the_information_of_a_genre_is_the_known_one(source, known):
    for T, bits in known.items():
        assert source.information(T) == pytest.approx(bits, abs=6e-4)


def test_tune_probabilities_equal_products_and_information_equals_its_definition():
    T, tunes = 3, np.array(list(itertools.product(range(8), repeat=3))).T
    joint = np.array([[MELODIES.prior[g] * MELODIES.start[g, a] * MELODIES.transitions[g, a, b]
                       * MELODIES.transitions[g, b, c] for a, b, c in tunes.T] for g in range(3)])  # fmt: skip
    for g in range(3):
        want = joint[g] / MELODIES.prior[g]
        np.testing.assert_allclose(np.exp(MELODIES.logprob(tunes, np.full(512, g))), want, atol=1e-12)
    np.testing.assert_allclose(np.exp(MELODIES.marginal_logprob(tunes)), joint.sum(axis=0), atol=1e-12)
    want = entropy(joint.sum(axis=0)) + entropy(MELODIES.prior) - entropy(joint.ravel())
    assert MELODIES.information(T) == pytest.approx(want, abs=1e-9)
    value, error = MELODIES.information_estimate(T, 20_000, np.random.default_rng(0))
    assert abs(value - want) < 5 * error < 0.1
    drawn, genres = MELODIES.sample(T, 30_000, np.random.default_rng(1))
    counts = np.zeros((3, 512))
    np.add.at(counts, (genres, drawn.T @ [64, 8, 1]), 1)
    assert counts[joint == 0].sum() == 0 and plausible(counts[joint > 0], 30_000 * joint[joint > 0])


@pytest.mark.parametrize(
    "source", [Reversal(K=3, noise=0.2, lo=1, hi=3), Reversal(K=2, noise=0.0, lo=2, hi=2)], ids=str
)
def test_reversal_probabilities_sum_to_one_and_give_the_entropy(source):
    _total, entropies = 0, []
    for n in range(source.lo, source.hi + 1):
        src = np.arange(n) % source.K
        targets = [np.array([*t, source.K]) for t in itertools.product(range(source.K), repeat=n)]
        p = np.exp(source.logprob(targets, [src] * len(targets)))
        assert p.sum() == pytest.approx(1, abs=1e-12)
        entropies.append(entropy(p))
    assert source.conditional_entropy() == pytest.approx(np.mean(entropies), abs=1e-9)
    sources, targets = source.sample(3000, np.random.default_rng(0))
    logp = source.logprob(targets, sources)
    assert -logp.mean() / BIT == pytest.approx(source.conditional_entropy(), abs=0.15)
    assert source.logprob([targets[0][:-1]], [sources[0]])[0] == -np.inf


def test_numbers_are_said_as_people_say_them():
    numbers = Numbers()
    said = lambda k: {" ".join(numbers.vocabulary[w] for w in words[:-1]) for words in numbers.readings(k)}  # noqa: E731
    assert said(0) == {"zero"} and said(20) == {"twenty"} and said(42) == {"forty two"} and said(19) == {"nineteen"}
    assert said(100) == {"a hundred", "one hundred"} and said(700) == {"seven hundred"}
    assert said(205) == {"two hundred five", "two hundred and five"} and len(said(112)) == 4
    all_ways = [sum(numbers.readings(k).values()) for k in range(1000)]
    np.testing.assert_allclose(all_ways, 1)
    # below 100 nothing is open; from 100 on one coin for "a" (100 numbers), one for "and" (9 * 99 numbers)
    assert numbers.conditional_entropy() == pytest.approx((100 + 9 * 99) / 1000, abs=1e-9)
    sources, targets = numbers.sample(500, np.random.default_rng(0))
    assert np.isfinite(numbers.logprob(targets, sources)).all()
    assert -numbers.logprob(targets, sources).mean() / BIT == pytest.approx(numbers.conditional_entropy(), abs=0.1)


def test_reviews_cannot_be_told_by_a_bag_of_words():
    by_bag = {}
    for words, label in REVIEWS.sentences:
        by_bag.setdefault(tuple(sorted(words)), []).append(label)
    assert all(np.mean(labels) == 0.5 for labels in by_bag.values())
    assert REVIEWS.bag_accuracy() == 0.5 and REVIEWS.bayes_accuracy() == 0.95
    assert len(dict(REVIEWS.sentences)) == len(REVIEWS.sentences)  # a sentence has one label
    truth = dict(REVIEWS.sentences)
    seqs, labels = REVIEWS.sample(4000, np.random.default_rng(0))
    right = np.mean([truth[tuple(s)] == label for s, label in zip(seqs, labels)])
    assert right == pytest.approx(0.95, abs=0.02)
    assert Reviews(noise=0.0).bayes_accuracy() == 1


BAD = {
    "T": lambda: SIMPLE_NONUNIFILAR.sample(0, 1, np.random.default_rng(0)),
    "T: got": lambda: Source("leaky", np.full((2, 1, 1), 0.4)),
    "arcs": lambda: Grammar("open", ("a",), ((0, 0, 0.5, 1),)),
    "delay": lambda: copy_task(0, 1, np.random.default_rng(0)),
    "T, n": lambda: adding_task(1, 1, np.random.default_rng(0)),
    "pi": lambda: TaggedSource(np.ones(2), np.eye(2), np.eye(2)),
    "A, B": lambda: TaggedSource(np.ones(2) / 2, np.eye(3), np.eye(2)),
    "words": lambda: TAGGED.posterior(np.array([[9]])),
    "T, context": lambda: TAGGED.bayes_accuracy(40),
    "transitions": lambda: Tunes(np.eye(2), np.ones((2, 2)), np.ones(2) / 2, np.ones(2)),
    "start": lambda: Tunes(2 * np.eye(2), np.stack([np.eye(2)] * 2), np.ones(2) / 2, np.ones(2)),
    "tunes": lambda: MELODIES.information(30),
    "K, noise": lambda: Reversal(K=1),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_arguments_are_named(message):
    with pytest.raises(ValueError, match=message):
        BAD[message]()
