"""Attention with a learned temperature, backward. The oracle is the complex step through the forward formula."""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract
from rnncore.gradcheck import complex_step

FUNCTIONS = ("attend", "attention_backward")
EQUATION = "attention-temperature"
PAGE = "ch10_translation/attention"
DEMANDS = ("float32", "sizes of 1")
PLAIN_TOO = ("views",)  # the weights that `attend` puts in its cache are one
CONTRACT = Contract(
    takes={"dcontext": "Tt B M", "cache": None},
    returns={"dq": "Tt B H", "dkeys": "Ts B H", "dvalues": "Ts B M", "dtau": ": a number"},
)
GIVEN = {
    "attend": Contract(
        takes={"q": "Tt B H", "keys": "Ts B H", "values": "Ts B M", "mask": "Ts B", "tau": ""},
        returns={"context": "Tt B M", "weights": "B Tt Ts", "cache": OWN},
    )
}
NAMES = ("dq", "dkeys", "dvalues", "dtau")
AXES = {"dq": "TBH", "dkeys": "SBH", "dvalues": "SBM"}
SIZES = (  # Tt, lengths of the sources, H, M
    (3, (4, 2, 5), 6, 2),
    (4, (3,), 2, 5),
    (2, (2, 3), 4, 1),
    (1, (3, 2), 3, 4),
    (5, (1, 4), 2, 3),
)


def context(q, keys, values, mask, tau):
    """The contexts, one sequence and one query after the other; it takes complex numbers."""
    out = np.zeros((*q.shape[:2], values.shape[2]), complex)
    for b in range(q.shape[1]):
        real = np.flatnonzero(mask[:, b])
        for t in range(len(q)):
            e = np.array([np.sum(q[t, b] * keys[s, b]) / tau for s in real])
            w = np.exp(e - e.real.max())
            out[t, b] = sum(one * values[s, b] for one, s in zip(w / w.sum(), real))
    return out


def expected(args, dcontext):
    q, keys, values, mask, tau = args
    arrays = [np.asarray(a, float) for a in (q, keys, values)] + [np.array([float(tau)])]

    def loss(k):
        return lambda a: np.sum(
            dcontext * context(*[*arrays[:k], a, *arrays[k + 1 :]][:3], mask, a[0] if k == 3 else tau)
        )

    grads = [complex_step(loss(k), array) for k, array in enumerate(arrays)]
    return dict(zip(NAMES, (*grads[:3], grads[3][0])))


def draw(rng, Tt, lengths, H, M):
    Ts, B = max(lengths), len(lengths)
    q, keys = rng.normal(size=(Tt, B, H)), rng.normal(size=(Ts, B, H))
    mask = np.arange(Ts)[:, None] < np.array(lengths)
    return (q, keys, rng.normal(size=(Ts, B, M)), mask, float(rng.uniform(0.6, 0.9))), rng.normal(size=(Tt, B, M))


def one(name, args, dcontext, rtol=RTOL):
    def run(f):
        *_, cache = f.attend(*args)
        return dict(zip(NAMES, f.attention_backward(dcontext, cache)))

    return Case(name, run, expected(args, dcontext), AXES, rtol=rtol)


def cases(rng):
    for Tt, lengths, H, M in SIZES:
        yield one(f"{Tt} queries, sources of {lengths}, H={H}, M={M}", *draw(rng, Tt, lengths, H, M))
    args, dcontext = draw(rng, *SIZES[0])
    q, keys, values, mask, _ = args
    yield one("a high temperature", (*args[:4], 4.0), dcontext)
    yield one("a temperature of one", (*args[:4], 1.0), dcontext)
    gaps = mask.copy()
    gaps[0], gaps[1, 0] = [True, False, True], True
    yield one("padding at the front", (q, keys, values, gaps, 0.8), dcontext)
    only = np.zeros_like(dcontext)
    only[1] = dcontext[1]
    yield one("a gradient on one context only", args, only)
    small = (*(a.astype(np.float32) for a in args[:3]), *args[3:])
    yield one("float32 arguments", small, dcontext.astype(np.float32), 1e-4)
    yield one("an argument in column-major (Fortran) order", args, np.asfortranarray(dcontext))
