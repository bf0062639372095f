"""The posterior of tags. The oracle of short strings goes through all sequences of tags; that of a long one is rnncore's."""

import itertools
import math

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import LOOSE, RTOL
from autograder.checks.contract import Contract
from rnncore.data.sources.tagged import TAGGED, TaggedSource

FUNCTIONS = ("hmm_posterior",)
EQUATION = "hmm-posterior"
PAGE = "ch09_tagging/hidden_markov"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"x": "T", "pi": "K"}, returns={"posterior": "T K"})


def draw(rng, K, M, T):
    return (
        rng.integers(M, size=T),
        rng.dirichlet(np.ones(K)),
        rng.dirichlet(np.full(K, 0.7), size=K),
        rng.dirichlet(np.full(M, 0.7), size=K),
    )


def joint(tags, x, pi, A, B):
    p = pi[tags[0]] * B[tags[0], x[0]]
    return p * math.prod(A[i, k] * B[k, w] for i, k, w in zip(tags, tags[1:], x[1:]))


def by_paths(x, pi, A, B):
    found = np.zeros((len(x), len(pi)))
    for tags in itertools.product(range(len(pi)), repeat=len(x)):
        found[np.arange(len(x)), tags] += joint(tags, x, pi, A, B)
    return found / found.sum(axis=1, keepdims=True)


def by_rnncore(x, pi, A, B):
    return TaggedSource(pi, A, B).posterior(np.asarray(x)[:, None])[:, 0]


def one(name, args, oracle=by_paths, rtol=RTOL):
    return Case(name, lambda f: {"posterior": f.hmm_posterior(*args)}, {"posterior": oracle(*args)}, rtol=rtol)


def cases(rng):
    for K, M, T in [(3, 4, 4), (2, 5, 6), (4, 3, 3), (3, 2, 2), (3, 3, 1), (1, 3, 4)]:
        yield one(f"{K} tags, {M} words, T={T}", draw(rng, K, M, T))
    words = np.array([0, 3, 0, 4, 1, 3])
    yield one("tags that cannot follow each other", (words, TAGGED.pi, TAGGED.A, TAGGED.B))
    x, pi, A, B = draw(rng, 3, 4, 4)
    yield one("a certain first tag", (x, np.eye(3)[1], A, B))
    for name, other in layouts(A):
        yield one(name, (x, pi, other, B))
    yield one("a string of 500 words", draw(rng, 3, 8, 500), by_rnncore, LOOSE)


EXPLAINED = {
    r"`pi` became `[AB]` in `T, K": "All of them have one row for each tag.",
}
