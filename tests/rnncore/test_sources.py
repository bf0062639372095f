"""Sources against plain enumeration: every entropy, floor and log-probability to 1e-9, and samples by chi-square."""

import dataclasses
import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from rnncore.data.sources import (
    ADDING_BASELINE,
    EMBEDDED_REBER,
    EVEN_PROCESS,
    GOLDEN_MEAN,
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
    Scenes,
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
    """Return statistic and degrees of freedom, rare outcomes put together."""
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
    """Return P(string) as a sum over all walks through the states."""
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
        sum(
            source.stationary()[w[0]] * np.prod([source.T[s, i, j] for s, i, j in zip(string[:, 0], w, w[1:])])
            for w in itertools.product(range(2), repeat=5)
            if w[-1] == state
        )
        for state in range(2)
    ]
    np.testing.assert_allclose(last, np.array(joint) / sum(joint), atol=1e-9)


def test_the_rate_of_the_nonunifilar_source_lies_between_its_bounds():
    # every 0 leads to state A, so strings are runs of n >= 1 ones and a zero, independent, with P(n) = n / 2^(n + 1)
    runs = [n / 2 ** (n + 1) for n in range(1, 200)]
    rate = entropy(runs) / sum(p * (n + 1) for n, p in enumerate(runs, 1))
    assert SIMPLE_NONUNIFILAR.entropy_rate() == pytest.approx(rate, abs=1e-7)
    for L in (3, 8, 14):
        below, above = SIMPLE_NONUNIFILAR.entropy_bounds(L)
        assert below < rate < above and above - below < 10 * 0.3**L
    assert SIMPLE_NONUNIFILAR.entropy_rate(1e-3) == pytest.approx(rate, abs=5e-4)
    assert not SIMPLE_NONUNIFILAR.unifilar and EVEN_PROCESS.unifilar


def test_a_rate_that_enumeration_does_not_reach_is_refused_with_its_bounds():
    keep = np.array([[0.999, 0.001], [0.001, 0.999]])  # two coins that are seldom exchanged
    slow = Source("slow", np.stack([np.array([[0.4], [0.6]]) * keep, np.array([[0.6], [0.4]]) * keep]))
    with pytest.raises(ValueError, match=r"^tolerance: got 1e-07, expected at least 0\.0148"):
        slow.entropy_rate()
    three = Source("three", np.random.default_rng(0).dirichlet(np.ones(9), 3).reshape(3, 3, 3).transpose(1, 0, 2))
    below, above = three.entropy_bounds(6)
    assert below <= three.entropy_rate(1e-5) <= above


# grammars


def all_strings(grammar, longest):
    """Return every string up to a length, with its probability, by walking the arcs."""
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


@pytest.mark.parametrize("grammar, bits", [(REBER, 6), (EMBEDDED_REBER, 7)], ids=["reber", "embedded"])
def test_grammar_sums_over_all_strings_of_up_to_300_symbols_agree_to_1e_9(grammar, bits):
    """Per state: the sum of P, and of P log2 P, over the strings that are there after t symbols."""
    mass, score = np.eye(grammar.states)[0], np.zeros(grammar.states)
    total = length = surprise = 0.0
    for t in range(1, 301):
        following, scored = np.zeros(grammar.states), np.zeros(grammar.states)
        for state, _, p, f in grammar.arcs:
            following[f] += p * mass[state]
            scored[f] += p * (score[state] + mass[state] * np.log2(p))
        mass, score = following, scored
        total, length, surprise = total + mass[-1], length + t * mass[-1], surprise - score[-1]
    assert total == pytest.approx(1, abs=1e-9)
    assert grammar.entropy() == pytest.approx(surprise, abs=1e-9) == pytest.approx(bits, abs=1e-9)
    assert grammar.expected_length() == pytest.approx(length, abs=1e-9)


def test_the_entropy_of_a_small_grammar_equals_its_closed_form():
    coin = Grammar("coin", ("a", "b"), ((0, 0, 0.25, 0), (0, 1, 0.75, 1)))
    assert coin.entropy() == pytest.approx(entropy([0.25, 0.75]) / 0.75, abs=1e-9)
    assert coin.expected_length() == pytest.approx(1 / 0.75, abs=1e-9)


def test_grammar_samples_have_the_frequencies_that_logprob_says():
    strings = [tuple(s) for s in REBER.sample(4000, np.random.default_rng(0))]
    found = all_strings(REBER, 16)
    assert {s for s in strings if len(s) <= 16} <= set(found)
    assert np.isfinite(REBER.logprob([np.array(s) for s in strings])).all()
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
    total = left = 0.0
    for words in itertools.product(range(3), repeat=3):
        joint = np.zeros((3, 2))
        for tags in itertools.product(range(2), repeat=3):
            p = source.pi[tags[0]] * np.prod([source.B[k, w] for k, w in zip(tags, words)])
            p *= np.prod([source.A[i, j] for i, j in itertools.pairwise(tags)])
            joint[range(3), tags] += p
        total += joint.max(axis=1).sum() / 3
        assert np.exp(source.logprob(np.array(words)[:, None]))[0] == pytest.approx(joint[0].sum(), abs=1e-9)
    for t in range(3):  # who has read words up to t only
        for words in itertools.product(range(3), repeat=t + 1):
            joint = np.zeros(2)
            for tags in itertools.product(range(2), repeat=t + 1):
                p = source.pi[tags[0]] * np.prod([source.B[k, w] for k, w in zip(tags, words)])
                joint[tags[-1]] += p * np.prod([source.A[i, j] for i, j in itertools.pairwise(tags)])
            left += joint.max() / 3
    assert source.bayes_accuracy(3) == pytest.approx(total, abs=1e-9)
    assert source.bayes_accuracy(3, "left") == pytest.approx(left, abs=1e-9)
    assert TAGGED.bayes_accuracy(6) >= TAGGED.bayes_accuracy(6, "left") + 0.1  # what the right context is worth
    words, tags = TAGGED.sample(6, 20_000, rng)
    assert (TAGGED.posterior(words).argmax(-1) == tags).mean() == pytest.approx(TAGGED.bayes_accuracy(6), abs=0.01)
    for context in ("both", "left"):
        assert TAGGED.expected_accuracy(words, context) == pytest.approx(TAGGED.bayes_accuracy(6, context), abs=0.01)
    one = words[:, :1]
    assert TAGGED.expected_accuracy(one) == pytest.approx(TAGGED.posterior(one).max(axis=-1).mean(), abs=1e-12)
    assert TAGGED.logprob(np.array([[0], [0]]))[0] == -np.inf and TAGGED.symbols == 5 and TAGGED.tags == 4


def test_tagged_samples_have_the_frequencies_that_logprob_says():
    words, _ = TAGGED.sample(3, 20_000, np.random.default_rng(2))
    p = np.exp(TAGGED.logprob(np.array(list(itertools.product(range(5), repeat=3))).T))
    counts = np.bincount(words.T @ [25, 5, 1], minlength=125)
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert counts[p == 0].sum() == 0 and plausible(counts[p > 0], 20_000 * p[p > 0])


# scenes, tunes, translation, reviews


def test_scene_entropies_equal_those_of_the_table_of_captions():
    joint = {(k, c): p / 24 for k, every in enumerate(SCENES.captions) for c, p in every.items()}
    assert sum(joint.values()) == pytest.approx(1, abs=1e-12)
    marginal = defaultdict(float)
    for (_, caption), p in joint.items():
        marginal[caption] += p
    assert SCENES.entropy() == pytest.approx(entropy(marginal.values()), abs=1e-9)
    assert SCENES.conditional_entropy() == pytest.approx(entropy(joint.values()) - np.log2(24), abs=1e-9)
    assert SCENES.information() == pytest.approx(SCENES.entropy() - SCENES.conditional_entropy(), abs=1e-12)
    assert SCENES.information() < np.log2(24)
    chain = entropy([0.5, 0.5]) + entropy([0.2, 0.56, 0.24]) + entropy([0.6, 0.4]) + entropy([0.75, 0.25])
    assert SCENES.conditional_entropy() == pytest.approx(chain, abs=1e-9)  # the choices of a caption, one by one


def plain_captions(shape, size, row, column):
    """Return the caption grammar once more, as text: every caption of a scene with its probability."""
    shapes = {"square": ("square", "box"), "cross": ("cross", "plus"), "ring": ("ring", "circle")}
    sizes = {"small": ("small ", "little "), "big": ("big ", "large ")}
    return {
        f"{opening}a {said}{name}{place} <eos>": 0.5 * p * q * r
        for opening in ("there is ", "")
        for said, p in [("", 0.2), (sizes[size][0], 0.8 * 0.7), (sizes[size][1], 0.8 * 0.3)]
        for name, q in zip(shapes[shape], (0.6, 0.4))
        for place, r in [(f" at the {row} {column}", 0.75), ("", 0.25)]
    }


def test_scene_probabilities_and_information_equal_those_of_the_grammar_written_out():
    joint = defaultdict(float)
    for k, scene in enumerate(SCENES.conditions):
        for caption, p in plain_captions(*scene).items():
            joint[k, caption] += p / 24
    marginal = defaultdict(float)
    for (_, caption), p in joint.items():
        marginal[caption] += p
    bits = entropy(marginal.values()) + np.log2(24) - entropy(joint.values())
    assert SCENES.information() == pytest.approx(bits, abs=1e-9)
    index = {word: k for k, word in enumerate(SCENES.vocabulary)}
    ids = {caption: np.array([index[word] for word in caption.split()]) for caption in marginal}
    logp = SCENES.logprob([ids[caption] for _, caption in joint], np.array([k for k, _ in joint]))
    np.testing.assert_allclose(logp, np.log(24 * np.array(list(joint.values()))), atol=1e-9)
    logp = SCENES.marginal_logprob(list(ids.values()))
    np.testing.assert_allclose(logp, np.log(list(marginal.values())), atol=1e-9)


def test_the_number_of_dark_points_tells_shape_and_size_wherever_the_shape_stands():
    rng, exact = np.random.default_rng(1), Scenes(noise=0.0)
    ink = {("square", "small"): 9, ("square", "big"): 16, ("cross", "small"): 5, ("cross", "big"): 7,
           ("ring", "small"): 8, ("ring", "big"): 12}  # fmt: skip
    for k, (shape, size, _, _) in enumerate(exact.conditions):
        pictures = np.array([exact.render(k, rng) for _ in range(40)])
        assert set(np.unique(pictures)) == {0.0, 1.0} and (pictures.sum(axis=1) == ink[shape, size]).all()
        assert len(np.unique(pictures, axis=0)) == (4 if size == "small" else 1)
    images, _, conditions = SCENES.sample(1000, rng)
    want = [ink[SCENES.conditions[k][:2]] for k in conditions]
    np.testing.assert_array_equal((images > 0.5).sum(axis=1), want)


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


@pytest.mark.parametrize(
    "source, known",
    [(STRONG, {2: 0.531, 4: 0.862, 8: 0.986, 14: 0.999}), (WEAK, {2: 0.029, 14: 0.306})],
    ids=["strong", "weak"],
)
def test_the_information_of_a_genre_is_the_known_one(source, known):
    stay = source.transitions[0, 0, 0]
    for T, bits in known.items():
        assert source.information(T) == pytest.approx(bits, abs=6e-4)
        plain = 0.0  # only the number of notes that repeat the one before tells the genres apart
        for k in range(T):
            one, other = (s**k * (1 - s) ** (T - 1 - k) for s in (stay, 1 - stay))
            plain += math.comb(T - 1, k) * one * np.log2(2 * one / (one + other))
        assert source.information(T) == pytest.approx(plain, abs=1e-9)
    curve = source.information_curve(8)
    np.testing.assert_allclose(curve, [source.information(t) for t in range(1, 9)], atol=1e-12)
    assert curve[0] == pytest.approx(0, abs=1e-12) and (np.diff(curve) > 0).all() and curve[-1] < 1


def test_a_genre_that_never_comes_tells_nothing():
    one = dataclasses.replace(STRONG, prior=np.array([1.0, 0.0]))
    assert one.information(3) == pytest.approx(0, abs=1e-12)
    tunes, genres = one.sample(3, 20, np.random.default_rng(0))
    np.testing.assert_allclose(one.marginal_logprob(tunes), STRONG.logprob(tunes, np.zeros(20, int)), atol=1e-12)
    assert not genres.any() and STRONG.symbols == 2 and MELODIES.genres == 3


def test_tune_probabilities_equal_products_and_information_equals_its_definition():
    T, tunes = 3, np.array(list(itertools.product(range(8), repeat=3))).T
    joint = np.array(
        [
            [
                MELODIES.prior[g] * MELODIES.start[g, a] * MELODIES.transitions[g, a, b] * MELODIES.transitions[g, b, c]
                for a, b, c in tunes.T
            ]
            for g in range(3)
        ]
    )
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
    np.add.at(counts, (genres, drawn.T @ np.array([64, 8, 1])), 1)
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


def test_reversal_probabilities_are_products_and_samples_have_their_frequencies():
    source, src = Reversal(K=3, noise=0.2, lo=2, hi=2), np.array([0, 2])
    targets = [np.array([a, b, 3]) for a in range(3) for b in range(3)]
    want = [np.prod([0.8 if x == y else 0.1 for x, y in zip(t, src[::-1])]) for t in targets]
    np.testing.assert_allclose(np.exp(source.logprob(targets, [src] * 9)), want, atol=1e-12)
    for wrong in ([-5, 0, 3], [2, 3, 3], [2, 0, 0], [2, 0], []):
        assert source.logprob([np.array(wrong, int)], [src])[0] == -np.inf
    sources, targets = source.sample(9000, np.random.default_rng(2))
    counts, p = np.zeros((9, 9)), np.zeros((9, 9))
    for s, t in zip(sources, targets):
        counts[3 * s[0] + s[1], 3 * t[0] + t[1]] += 1
    for a, b, c, d in itertools.product(range(3), repeat=4):
        p[3 * a + b, 3 * c + d] = (0.8 if c == b else 0.1) * (0.8 if d == a else 0.1) / 9
    assert plausible(counts.ravel(), 9000 * p.ravel())


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
    words = {word: k for k, word in enumerate(numbers.vocabulary)}
    say = lambda text: np.array([words[word] for word in (*text.split(), "<eos>")])  # noqa: E731
    digits = np.array([1, 0, 5])
    p = {"a hundred and five": 0.25, "one hundred five": 0.25, "five": 0, "a hundred": 0}
    np.testing.assert_allclose(np.exp(numbers.logprob([say(text) for text in p], [digits] * 4)), list(p.values()))
    assert numbers.logprob([say("seven")], [np.array([7])])[0] == 0
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
    assert Reviews(noise=0.0).bayes_accuracy() == 1 and Reviews(noise=0.2).bag_accuracy() == 0.5
    counts = Counter(tuple(s) for s in seqs)
    assert plausible([counts[s] for s in truth], np.full(len(truth), 4000 / len(truth)))
    said = dict((" ".join(REVIEWS.vocabulary[k] for k in s), label) for s, label in truth.items())
    adjectives = {"good": 1, "great": 1, "bad": 0, "awful": 0}
    for text, label in said.items():  # what is said of the film, read off the text
        clause = next(c for c in text.split(" but ") if "film" in c).split()
        assert label == (adjectives[clause[-1]] ^ ("not" in clause))


RNG = np.random.default_rng(0)
WORD, TUNE, ZERO = np.array([0]), np.array([[0]]), np.array([0])
BAD = {
    "T: got 0, expected": lambda: SIMPLE_NONUNIFILAR.sample(0, 1, RNG),
    "T": lambda: Source("leaky", np.full((2, 1, 1), 0.4)),
    "T: got shape": lambda: Source("oblong", np.full((2, 1, 2), 0.25)),
    "T: got -0.5": lambda: Source("negative", np.array([[[1.5]], [[-0.5]]])),
    "order": lambda: GOLDEN_MEAN.floor(-1),
    "strings: got values": lambda: GOLDEN_MEAN.belief(np.array([[-1]])),
    "strings: got an impossible": lambda: GOLDEN_MEAN.belief(np.array([[0], [0]])),
    "arcs: got sums": lambda: Grammar("open", ("a",), ((0, 0, 0.5, 1),)),
    "arcs: got none": lambda: Grammar("empty", ("a",), ()),
    "arcs: got \\(0, 5": lambda: Grammar("unnamed", ("a",), ((0, 5, 1.0, 1),)),
    "arcs: got \\(0, 1, 0.0": lambda: Grammar("never", ("a", "b"), ((0, 0, 1.0, 1), (0, 1, 0.0, 1))),
    "arcs: got no way": lambda: Grammar("trap", ("a", "b"), ((0, 0, 0.5, 1), (0, 1, 0.5, 2), (1, 0, 1.0, 1))),
    "delay": lambda: copy_task(0, 1, RNG),
    "delay: got -30": lambda: copy_baseline(-30),
    "T: got 1, expected an integer, at least 2": lambda: adding_task(1, 1, RNG),
    "T: got 0, expected an integer, at least 1": lambda: TAGGED.sample(0, 1, RNG),
    "pi": lambda: TaggedSource(np.ones(2), np.eye(2), np.eye(2)),
    "A, B": lambda: TaggedSource(np.ones(2) / 2, np.eye(3), np.eye(2)),
    "words: got values": lambda: TAGGED.posterior(np.array([[9]])),
    "words: got an impossible": lambda: TAGGED.posterior(np.array([[0], [0]])),
    "T, context": lambda: TAGGED.bayes_accuracy(40),
    "T: got 0, expected an integer": lambda: TAGGED.bayes_accuracy(0),
    "words, context": lambda: TAGGED.expected_accuracy(TUNE, "right"),
    "transitions": lambda: Tunes(np.eye(2), np.ones((2, 2)), np.ones(2) / 2, np.ones(2)),
    "prior": lambda: dataclasses.replace(STRONG, prior=np.ones(1)),
    "start": lambda: Tunes(2 * np.eye(2), np.stack([np.eye(2)] * 2), np.ones(2) / 2, np.ones(2)),
    "T: got 30": lambda: MELODIES.information(30),
    "T: got 0": lambda: MELODIES.information(0),
    "n: got 1": lambda: STRONG.information_estimate(2, 1, RNG),
    "tunes": lambda: STRONG.logprob(-TUNE - 1, ZERO),
    "genres": lambda: STRONG.logprob(TUNE, ZERO - 1),
    "tunes, genres": lambda: STRONG.logprob(TUNE, np.array([0, 1])),
    "K: got 1, expected an integer, at least 2": lambda: Reversal(K=1),
    "noise, lo, hi": lambda: Reversal(lo=5, hi=4),
    "sources: got values in 7..7": lambda: Reversal(K=3).logprob([np.array([0, 3])], [np.array([7])]),
    "targets, sources": lambda: Reversal().logprob([WORD, WORD], [WORD]),
    "number": lambda: Numbers().readings(1000),
    "sources: got values in 1..10": lambda: Numbers().logprob([WORD], [np.array([1, 10])]),
    "sources: got \\[0, 7": lambda: Numbers().logprob([WORD], [np.array([0, 7])]),
    "noise": lambda: Scenes(noise=-1.0),
    "noise: got 1.5": lambda: Reviews(noise=1.5),
    "n": lambda: SCENES.sample(0, RNG),
    "conditions": lambda: SCENES.logprob([WORD], ZERO - 1),
    "captions, conditions": lambda: SCENES.logprob([WORD, WORD], ZERO),
    "condition": lambda: SCENES.render(24, RNG),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_arguments_are_named(message):
    with pytest.raises(ValueError, match=f"^{message}" if "got" in message else f"^{message}: got .*expected"):
        BAD[message]()


def test_ids_that_are_no_integers_are_refused_by_type():
    with pytest.raises(TypeError, match=r"^strings: got dtype float64"):
        GOLDEN_MEAN.logprob(np.array([[0.5]]))
