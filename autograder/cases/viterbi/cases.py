"""The best sequence of tags. The oracle of short strings goes through all; that of a long one works from its end.

Where a word stands twice in a row, two sequences can be equally probable. So what is compared is the probability.
"""

import itertools

import numpy as np

from autograder.cases.hmm_posterior.cases import joint
from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract

FUNCTIONS = ("viterbi",)
EQUATION = "viterbi"
PAGE = "ch09_tagging/hidden_markov"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"x": "T", "pi": "K"}, returns={"tags": "whole T"})
NAME = "the log-probability of tags and words"


def draw(rng, K, M, T):
    """Everything positive, as promised."""
    rows = lambda n, m: rng.dirichlet(np.full(m, 0.5), size=n) * 0.98 + 0.02 / m  # noqa: E731
    return rng.integers(M, size=T), rows(1, K)[0], rows(K, K), rows(K, M)


def by_paths(x, pi, A, B):
    return np.array(max(itertools.product(range(len(pi)), repeat=len(x)), key=lambda tags: joint(tags, x, pi, A, B)))


def from_the_end(x, pi, A, B):
    rest = [np.zeros(len(pi))]
    for word in x[:0:-1]:
        rest.insert(0, (np.log(A) + np.log(B[:, word]) + rest[0]).max(axis=1))
    tags = [int((np.log(pi) + np.log(B[:, x[0]]) + rest[0]).argmax())]
    for word, after in zip(x[1:], rest[1:]):
        tags.append(int((np.log(A[tags[-1]]) + np.log(B[:, word]) + after).argmax()))
    return np.array(tags)


def worth(tags, x, pi, A, B):
    """log P(tags, words). Raises ValueError, in words, for what is no sequence of tags."""
    tags = np.asarray(tags)
    if tags.shape != np.shape(x) or tags.dtype.kind not in "iu":
        raise ValueError(f"the tags have shape {tags.shape} and dtype {tags.dtype}, expected {len(x)} integers")
    if ((tags < 0) | (tags >= len(pi))).any():
        raise ValueError(f"there are tags outside 0..{len(pi) - 1}")
    return np.log(pi[tags[0]]) + np.log(A[tags[:-1], tags[1:]]).sum() + np.log(B[tags, x]).sum()


def one(name, args, oracle=by_paths):
    return Case(name, lambda f: {NAME: worth(f.viterbi(*args), *args)}, {NAME: worth(oracle(*args), *args)}, rtol=1e-9)


def cases(rng):
    for K, M, T in [(3, 4, 5), (2, 5, 7), (4, 3, 4), (3, 2, 2), (3, 3, 1), (1, 3, 4)]:
        yield one(f"{K} tags, {M} words, T={T}", draw(rng, K, M, T))
    A = np.array([[0.5, 0.25, 0.25], [0.05, 0.05, 0.9], [0.05, 0.9, 0.05]])
    apart = (np.array([0, 0]), np.array([0.4, 0.31, 0.29]), A, np.ones((3, 1)))
    yield one("a best sequence that is not made of the best tags", apart)
    slow = (
        np.array([0, 1, 1, 0, 1]),
        np.array([0.6, 0.4]),
        np.array([[0.55, 0.45], [0.02, 0.98]]),
        np.array([[0.6, 0.4], [0.4, 0.6]]),
    )
    yield one("a first tag that only the end decides", slow)
    x, pi, A, B = draw(rng, 3, 4, 5)
    for name, other in layouts(B):
        yield one(name, (x, pi, A, other))
    yield one("a string of 500 words", draw(rng, 3, 8, 500), from_the_end)
    yield one("another one of 60", draw(rng, 4, 5, 60), from_the_end)
