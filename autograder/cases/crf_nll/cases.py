"""A chain of tags with scores: its negative log-likelihood and gradients. The oracle of short strings goes through all
sequences of tags; that of long ones is torch's autograd.
"""

import itertools
import math

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import LOOSE, RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("crf_nll",)
EQUATION = "crf-chain"
PAGE = "ch09_tagging/hidden_markov"
DEMANDS = ("sizes of 1", "views", "large numbers")
CONTRACT = Contract(
    takes={"scores": "T K", "R": "K K", "tags": "T"},
    returns={"nll": ": in nats", "dscores": "T K: the gradient on the scores", "dR": "K K"},
)
NAMES = ("nll", "dscores", "dR")


def by_paths(scores, R, tags):
    """Each sequence of tags by itself: its score, and the counts of what it goes through."""
    T, K = scores.shape
    paths = list(itertools.product(range(K), repeat=T))
    worth = [math.fsum([*(scores[t, k] for t, k in enumerate(p)), *(R[pair] for pair in itertools.pairwise(p))])
             for p in paths]  # fmt: skip
    top = max(worth)
    total = math.fsum(math.exp(w - top) for w in worth)
    dscores, dR = np.zeros((T, K)), np.zeros((K, K))
    for path, w in [*((p, math.exp(w - top) / total) for p, w in zip(paths, worth)), (tuple(map(int, tags)), -1.0)]:
        for t, k in enumerate(path):
            dscores[t, k] += w
        for pair in itertools.pairwise(path):
            dR[pair] += w
    own = worth[paths.index(tuple(map(int, tags)))]
    return {"nll": top + math.log(total) - own, "dscores": dscores, "dR": dR}


def by_torch(scores, R, tags):
    import torch

    s, r = (torch.tensor(np.array(a), dtype=torch.float64, requires_grad=True) for a in (scores, R))
    total, own = s[0], s[0, tags[0]]
    for t in range(1, len(tags)):
        total = torch.logsumexp(total[:, None] + r, dim=0) + s[t]
        own = own + r[tags[t - 1], tags[t]] + s[t, tags[t]]
    nll = torch.logsumexp(total, dim=0) - own
    nll.backward()
    dR = np.zeros(R.shape) if r.grad is None else r.grad.numpy()
    return {"nll": float(nll.detach()), "dscores": s.grad.numpy(), "dR": dR}


def draw(rng, T, K):
    return 1.5 * rng.normal(size=(T, K)), 1.5 * rng.normal(size=(K, K)), rng.integers(K, size=T)


def one(name, args, oracle=by_paths, rtol=RTOL):
    scores, R, tags = args
    want = oracle(np.asarray(scores), np.asarray(R), tags)
    return Case(name, lambda f: dict(zip(NAMES, f.crf_nll(scores, R, tags))), want, rtol=rtol)


def cases(rng):
    for T, K in [(4, 3), (6, 2), (3, 5), (2, 4), (1, 3), (4, 1)]:
        yield one(f"T={T}, {K} tags", draw(rng, T, K))
    scores, R, tags = draw(rng, 5, 3)
    yield one("a path of one tag alone", (scores, R, np.full(5, 1)))
    yield one("transitions that say nothing", (scores, 0 * R, tags))
    yield one("scores that say nothing", (0 * scores, R, tags))
    for name, other in layouts(R):
        yield one(name, (scores, other, tags))
    yield one("a string of 60 words", draw(rng, 60, 4), by_torch, LOOSE)
    yield one("scores + 2000, which are the same probabilities", (scores + 2000, R, tags), by_torch, LOOSE)
    yield one("scores far apart", (1000 * scores, 1000 * R, tags), by_torch, LOOSE)


EXPLAINED = {
    r"became `np\.logaddexp\.reduce\(left\[t - 1\]\[:, None\] \+ R\)`": "Without an axis, reduce takes the first one.",
}
