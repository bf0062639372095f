"""A start for the LSTM. There is no one right value: shapes, exact properties, and statistics with wide bounds.

The bounds on random numbers hold for a right answer with a probability of a failure far below 1e-9: the mean of n
uniform numbers in (-s, s) stays within 7 s / sqrt(3 n) but once in 1e11, by the normal law.
"""

import numpy as np

from autograder.cases.lstm_step.cases import GATES, WEIGHTS
from autograder.checks.case import Case
from autograder.checks.contract import SIZE, Contract, Keys

FUNCTIONS = ("init_lstm",)
EQUATION = "forget-bias"
PAGE = "ch04_lstm/memory"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(takes={"D": SIZE, "H": SIZE}, returns={"P": Keys(WEIGHTS, said=GATES)})
KEYS = tuple(f"{name}_{q}" for q in "ifgo" for name in "VWb")
SIZES = (("all sizes different", 5, 7), ("more inputs than units", 9, 3), ("one unit", 4, 1), ("all sizes 1", 1, 1))


def weights(outputs):
    """The outputs as arrays of floats."""
    return {key: np.asarray(outputs[key], float) for key in KEYS}


def shapes(D, H):
    def judge(outputs):
        P = weights(outputs)
        for key, array in P.items():
            want = {"V": (H, D), "W": (H, H), "b": (H,)}[key[0]]
            if array.shape != want:
                return f"{key} has shape {array.shape}, expected {want}"
            if not np.all(np.isfinite(array)):
                return f"{key} holds NaN or infinity"
        return None

    return judge


def biases(value):
    def judge(outputs):
        P = weights(outputs)
        for q in "ifgo":
            if not np.all(P[f"b_{q}"] == (value if q == "f" else 0)):
                return f"b_{q} is not what was asked for"
        return None

    return judge


def orthogonal(outputs):
    P = weights(outputs)
    for q in "ifgo":
        W = P[f"W_{q}"]
        if not np.allclose(W.T @ W, np.eye(len(W)), atol=1e-6):
            return f"the columns of W_{q} are not orthonormal: it is not orthogonal by itself"
    if any(np.allclose(P["W_i"], P[f"W_{q}"]) for q in "fgo"):
        return "two gates have the same W: draw each anew"
    return None


def uniform(D, H):
    s = np.sqrt(6 / (H + D))

    def judge(outputs):
        P = weights(outputs)
        for q in "ifgo":
            V = P[f"V_{q}"]
            if np.abs(V).max() > s:
                return f"V_{q} has an entry outside (-s, s)"
            if np.abs(V).max() < 0.95 * s:  # 0.95^600 is 4e-14
                return f"V_{q} has no entry near the ends of (-s, s): its law is narrower than asked for"
            if abs(V.mean()) > 7 * s / np.sqrt(3 * V.size):
                return f"the mean of V_{q} is too far from zero"
            if abs((V**2).mean() - s**2 / 3) > 7 * s**2 * np.sqrt(4 / 45 / V.size):
                return f"V_{q} has not the variance of a uniform law"
        if any(np.allclose(P["V_i"], P[f"V_{q}"]) for q in "fgo"):
            return "two gates have the same V: draw each anew"
        return None

    return judge


def haar(outputs):
    """The mean of W's first entry over gates and draws: zero, but -0.64 where the signs that QR chose were left."""
    mean = float(np.asarray(outputs["mean of the first entries"], float))
    return (
        None
        if abs(mean) < 0.45
        else "the orthogonal matrices are not drawn evenly: their first entries lean to one side"
    )


def cases(rng):
    draws = lambda: np.random.default_rng(rng.integers(2**32))  # noqa: E731
    for name, D, H in SIZES:
        yield Case(name, lambda f, a=(D, H, draws()): f.init_lstm(*a), judge=shapes(D, H))
    yield Case("the biases, without an argument", lambda f, r=draws(): f.init_lstm(3, 4, r), judge=biases(1))
    for value in (0.0, 2.5):
        yield Case(f"the biases, forget_bias={value}", lambda f, r=draws(), v=value: f.init_lstm(3, 4, r, v),
                   judge=biases(value))  # fmt: skip
    for _, D, H in SIZES[:2]:
        yield Case("each W by itself", lambda f, a=(D, H, draws()): f.init_lstm(*a), judge=orthogonal)
    yield Case("the law of V", lambda f, r=draws(): f.init_lstm(30, 20, r), judge=uniform(30, 20))
    yield Case("the law of V, more units than inputs", lambda f, r=draws(): f.init_lstm(12, 50, r),
               judge=uniform(12, 50))  # fmt: skip

    def first_entries(f, seeds=tuple(int(k) for k in rng.integers(2**32, size=40))):
        found = [f.init_lstm(3, 2, np.random.default_rng(k)) for k in seeds]
        return {"mean of the first entries": np.mean([P[f"W_{q}"][0, 0] for P in found for q in "ifgo"])}

    yield Case("W over many draws", first_entries, judge=haar)

    def other_seed(f, seeds=tuple(int(k) for k in rng.integers(2**32, size=2))):
        one, other = (f.init_lstm(3, 4, np.random.default_rng(k)) for k in seeds)
        return {"difference": max(np.abs(one[key] - other[key]).max() for key in ("V_i", "W_o"))}

    yield Case("two seeds", other_seed, judge=lambda o: None if o["difference"] > 1e-6 else
               "two seeds give the same weights: the numbers do not come from rng")  # fmt: skip


EXPLAINED = {
    r"`Q \* np\.sign\(np\.diag\(R\)\)` became `Q / np": "A sign is 1 or -1: to divide by it and to multiply by it are the same.",
    r"`q == 'f'` became `'f' == q`": "Equality does not care which of the two stands first.",
}
