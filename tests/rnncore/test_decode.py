"""Decoding: beams against enumeration, filters of sampling against their definitions."""

import itertools

import numpy as np
import pytest

from rnncore.models import LanguageModel, Seq2Seq, beam, greedy, sample

K, EOS = 3, 0
MODEL = LanguageModel(inputs=4, K=3, D=4, H=6)
PARAMS = {name: 2 * p for name, p in MODEL.init(np.random.default_rng(3)).items()}


def step(ids, state):
    return MODEL.step(PARAMS, ids, state)


def start(B=1):
    return MODEL.zero_state(PARAMS, B), np.full(B, 3)


def logprob(string):
    state, ids = start()
    total = 0.0
    for symbol in string:
        logits, state = step(ids, state)
        total += logits[0, symbol] - np.log(np.exp(logits[0]).sum())
        ids = np.array([symbol])
    return total


def all_finished(T):
    """Yield every string of at most T symbols that ends in EOS, or has T symbols without one."""
    for n in range(1, T + 1):
        for head in itertools.product(range(1, K), repeat=n - 1):
            yield (*head, EOS)
    yield from itertools.product(range(1, K), repeat=T)


@pytest.mark.parametrize("alpha", [0.0, 0.7, 1.0])
def test_a_wide_beam_finds_the_best_of_all_strings(alpha):
    T = 4
    scores = {s: logprob(s) / len(s) ** alpha for s in all_finished(T)}
    state, ids = start()
    (found,) = beam(step, state, ids, EOS, K**T, alpha, T)
    best = max(scores, key=scores.__getitem__)
    assert tuple(found[0].ids) == best and found[0].score == pytest.approx(scores[best], abs=1e-12)
    assert {tuple(h.ids) for h in found} == set(scores)  # each string once
    assert all(a.score >= b.score for a, b in itertools.pairwise(found))
    for h in found[:10]:
        assert h.logp == pytest.approx(logprob(h.ids), abs=1e-12)


def test_a_beam_of_one_is_greedy_search():
    state, ids = start()
    (found,) = beam(step, state, ids, EOS, 1, 1.0, 12)
    path = greedy(step, *start(), 12, eos=EOS)[:, 0]
    assert len(found) == 1 and list(found[0].ids) == list(path)


def test_sequences_of_a_batch_do_not_meet():
    model = Seq2Seq(5, 4, 6, 5, attention="dot")
    rng = np.random.default_rng(0)
    params = {name: 3 * p for name, p in model.init(rng).items()}
    src, lengths = rng.integers(0, 5, (4, 3)), np.array([4, 2, 3])
    search = lambda src, lengths: beam(  # noqa: E731
        lambda ids, s: model.step(params, ids, s),
        model.encode(params, src, lengths)[0],
        np.full(src.shape[1], 3),
        EOS,
        3,
        1.0,
        8,
    )
    together = search(src, lengths)
    for j in range(3):
        alone = search(src[: lengths[j], [j]], lengths[[j]])[0]
        assert [list(h.ids) for h in alone] == [list(h.ids) for h in together[j]]
        np.testing.assert_allclose([h.score for h in alone], [h.score for h in together[j]], atol=1e-12)


def test_a_larger_alpha_favours_longer_strings():
    state, ids = start()
    lengths = [len(beam(step, state, ids, EOS, 20, alpha, 6)[0][0].ids) for alpha in (0.0, 1.0, 3.0)]
    assert lengths == sorted(lengths) and lengths[0] < lengths[-1]


def fixed(p):
    return lambda ids, state: (np.tile(np.log(p), (len(ids), 1)), state)


def drawn(p, **options):
    ids = sample(fixed(np.array(p)), (), np.zeros(4000, int), 1, np.random.default_rng(0), **options)
    return np.bincount(ids[0], minlength=len(p)) / 4000


@pytest.mark.parametrize(
    "top_p, kept", [(0.4, [0]), (0.5, [0]), (0.51, [0, 1]), (0.8, [0, 1]), (0.81, [0, 1, 2]), (1.0, [0, 1, 2, 3])]
)
def test_the_nucleus_is_the_smallest_set_that_reaches_p(top_p, kept):
    p = np.array([0.5, 0.3, 0.15, 0.05])
    want = np.where(np.isin(range(4), kept), p, 0)
    np.testing.assert_allclose(drawn(p, top_p=top_p), want / want.sum(), atol=0.03)
    assert set(np.flatnonzero(drawn(p, top_p=top_p))) == set(kept)


def test_top_k_and_temperature_come_before_the_nucleus():
    frequencies = drawn([0.4, 0.3, 0.2, 0.1], top_k=3, temperature=0.5, top_p=0.9)
    want = np.array([16, 9, 0, 0]) / 25 if (16 + 9) / 29 >= 0.9 else np.array([16, 9, 4, 0]) / 29
    np.testing.assert_allclose(frequencies, want, atol=0.03)


def test_a_sequence_that_has_ended_repeats_eos_and_all_ended_stops_the_loop():
    ids = sample(fixed(np.array([0.5, 0.25, 0.25])), (), np.ones(50, int), 100, np.random.default_rng(0), eos=0)
    for column in ids.T:
        first = list(column).index(0)
        assert (column[first:] == 0).all()
    assert len(ids) < 100 and (ids[-1] == 0).all()


def test_a_prefix_is_read_before_the_first_draw():
    prefix = np.array([[3, 3], [1, 2], [2, 2]])
    state, _ = start(2)
    drawn_ids = sample(step, state, prefix, 3, np.random.default_rng(0), temperature=0)
    for j in range(2):
        string = list(prefix[1:, j])
        for symbol in drawn_ids[:, j]:
            best = max(range(K), key=lambda k: logprob([*string, k]))
            assert symbol == best
            string.append(best)


def test_bad_settings_are_named():
    state, ids = start()
    for options, name in [({"k": 0}, "k"), ({"T": 0}, "T"), ({"alpha": -1}, "alpha")]:
        with pytest.raises(ValueError, match=name):
            beam(step, state, ids, EOS, **{"k": 1, "alpha": 0.0, "T": 1, **options})
    with pytest.raises(ValueError, match="top_p"):
        sample(step, state, ids, 1, np.random.default_rng(0), top_p=0.0)
