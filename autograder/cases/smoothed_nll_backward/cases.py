"""Smoothed targets and a temperature, backward. The oracle is the complex step through the loss, token by token."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import LOOSE, RTOL
from autograder.checks.contract import Contract
from rnncore.gradcheck import complex_step

FUNCTIONS = ("smoothed_nll_backward",)
EQUATION = "token-nll"
PAGE = "ch07_language/probability"
DEMANDS = ("sizes of 1", "views", "large numbers")
CONTRACT = Contract(
    takes={"logits": "T B K", "targets": "T B", "mask": "T B", "eps": None, "tau": None},
    returns={"dlogits": "T B K: zero where there is no token", "dtau": ""},
)
AXES = {"dlogits": "TBK"}


def loss_of(y, k, eps, tau):
    """Return the loss of one token with logits y (K,), of real or of complex numbers."""
    u = y / tau
    top = u.real.max()
    norm = top + np.log(np.sum(np.exp(u - top)))
    return norm - (1 - eps) * u[k] - eps * np.mean(u)


def expected(logits, targets, mask, eps, tau):
    count, dlogits, dtau = int(mask.sum()), np.zeros(logits.shape), 0.0
    for t, b in np.argwhere(mask):
        y, k = np.array(logits[t, b], float), targets[t, b]
        dlogits[t, b] = complex_step(lambda y, k=k: loss_of(y, k, eps, tau), y) / count
        dtau += float(complex_step(lambda s, y=y, k=k: loss_of(y, k, eps, s), np.array(float(tau)))) / count
    return {"dlogits": dlogits, "dtau": dtau}


def one(name, logits, targets, mask, eps, tau, rtol=RTOL):
    args = (logits, targets, mask, eps, tau)
    run = lambda f: dict(zip(("dlogits", "dtau"), f.smoothed_nll_backward(*args)))  # noqa: E731
    return Case(f"{name}, eps={eps:g}, tau={tau:g}", run, expected(*args), AXES, rtol=rtol)


def draw(rng, T, B, K):
    """Logits, targets, and the mask of strings of other lengths."""
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    mask = np.arange(T)[:, None] < lengths
    return 2 * rng.normal(size=(T, B, K)), rng.integers(K, size=(T, B)), mask


def cases(rng):
    for T, B, K in ((5, 3, 4), (4, 2, 6), (3, 5, 2)):
        yield one(f"T={T}, B={B}, K={K}", *draw(rng, T, B, K), 0.1, 1.5)
    for T, B, K in ((4, 1, 3), (1, 4, 5), (1, 1, 2), (2, 3, 1)):
        yield one(f"T={T}, B={B}, K={K}", *draw(rng, T, B, K), 0.2, 0.7)
    logits, targets, mask = draw(rng, 5, 3, 4)
    for eps, tau in ((0, 1), (0, 2.5), (0.3, 1), (1, 1.3)):
        yield one("all sizes different", logits, targets, mask, eps, tau)
    yield one("every token", logits, targets, np.ones_like(mask), 0.1, 0.5)
    holes = rng.random(mask.shape) < 0.6
    holes[0, 0], holes[1, 1] = True, False
    yield one("a mask with holes", logits, targets, holes, 0.15, 2)
    yield one("logits + 1000", logits + 1000, targets, mask, 0.1, 1.5, LOOSE)
    yield one("logits far apart", 3000 * logits, targets, mask, 0.1, 0.8, LOOSE)
    for name, other in layouts(logits):
        yield one(name, other, targets, mask, 0.1, 1.5)
