"""The pooling by a learned query, backward. The oracle is the complex step through a forward pass, sequence by sequence."""

import numpy as np

from autograder.cases.last_valid_backward.cases import SIZES, draw
from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract
from rnncore.gradcheck import complex_step

FUNCTIONS = ("attention_pool_backward",)
EQUATION = "pool-attention"
PAGE = "ch06_classification/pooling"
DEMANDS = ("sizes of 1", "views", "large numbers")
CONTRACT = Contract(
    takes={"dpooled": "B H", "hs": "T B H", "lengths": "B", "q": "H"},
    returns={"dhs": "T B H: zero at padding", "dq": "H"},
)
AXES = {"dhs": "TBH", "dq": "H"}


def pooled(h, q):
    """Return the pooled vector of one sequence (n, H), of real or of complex numbers."""
    s = h @ q
    w = np.exp(s - s.real.max())
    return (w / w.sum()) @ h


def expected(dpooled, hs, lengths, q):
    dhs, dq = np.zeros(hs.shape), np.zeros(q.shape)
    for b, n in enumerate(lengths):
        h, d = np.array(hs[:n, b], float), dpooled[b]
        dhs[:n, b] = complex_step(lambda h, d=d: d @ pooled(h, q), h)
        dq += complex_step(lambda q, d=d, h=h: d @ pooled(h, q), q)
    return {"dhs": dhs, "dq": dq}


def one(name, args):
    return Case(name, lambda f: dict(zip(AXES, f.attention_pool_backward(*args))), expected(*args), AXES)


def cases(rng):
    for T, lengths, H in SIZES:
        hs, n = draw(rng, T, lengths, H)
        yield one(f"T={T}, lengths {lengths}, H={H}", (rng.normal(size=hs.shape[1:]), hs, n, rng.normal(size=H)))
    hs, lengths = draw(rng, *SIZES[0])
    dpooled, q = rng.normal(size=hs.shape[1:]), rng.normal(size=hs.shape[2])
    yield one("more padding", (dpooled, np.concatenate([hs, rng.normal(size=(4, 3, 3))]), lengths, q))
    spoilt = hs.copy()
    spoilt[2:, 0], spoilt[4:, 2] = np.inf, np.nan
    yield one("infinity and NaN in the padding", (dpooled, spoilt, lengths, q))
    yield one("a query of zero", (dpooled, hs, lengths, np.zeros_like(q)))
    yield one("a gradient on one sequence only", (dpooled * np.array([[0.0], [1.0], [0.0]]), hs, lengths, q))
    yield one("scores in the thousands", (dpooled, hs, lengths, 2000 * q))
    for name, other in layouts(np.where(np.isfinite(hs), hs, 0)):
        yield one(name, (dpooled, other, lengths, q))


EXPLAINED = {
    r"^`0` became `-?1` in `h = ": "A padded step has the weight zero, so what finite number stands for it has no effect.",
    r"^`h` became `hs` in `s = ": "The scores of padded steps are replaced anyway, whatever they are.",
    r"^`q` became `q\.T`": "The transpose of a vector is the vector.",
    r"^`\(0, 1\)` became `\(1, 0\)`": "The order of the axes that are summed away does not matter.",
}
