"""The minimal LSTM, backward. The oracle is the complex step through its equations, each share a quotient of two gates."""

import numpy as np

from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import OWN, Contract, Keys
from rnncore.gradcheck import complex_step

FUNCTIONS = ("min_lstm", "min_lstm_backward")
EQUATION = "min-lstm"
PAGE = "ch11_after/linear"
DEMANDS = ("sizes of 1", "views", "large numbers")
WEIGHTS = {f"{name}_{q}": "H D" if name == "V" else "H" for q in "fin" for name in "Vb"}
CONTRACT = Contract(
    takes={"dhs": "T B H", "cache": None},
    returns={
        "dx": "T B D",
        "dh0": "B H",
        "dP": Keys(WEIGHTS, "the gradient of each weight, by its key in P", said="a dict with the keys of P"),
    },
)
GIVEN = {"min_lstm": Contract(takes={"x": "T B D", "h0": "B H"}, returns={"hs": "T B H", "cache": OWN})}
AXES = {"dx": "TBD", "dh0": "BH", **{f"d{key}": axes.replace(" ", "") for key, axes in WEIGHTS.items()}}


def draw(rng, T, B, D, H):
    """x, h0 and the weights; none of the biases is near zero."""
    shapes = {key: (H, D) if key[0] == "V" else (H,) for key in WEIGHTS}
    P = {key: rng.uniform(0.4, 1.2, size=shape) * rng.choice([-1, 1], size=shape) for key, shape in shapes.items()}
    return rng.normal(size=(T, B, D)), rng.normal(size=(B, H)), P


def states(x, h0, P):
    """All states; it takes complex numbers."""
    f, i = (1 / (1 + np.exp(-(np.einsum("tbd,hd->tbh", x, P["V_" + q]) + P["b_" + q]))) for q in "fi")
    n = np.einsum("tbd,hd->tbh", x, P["V_n"]) + P["b_n"]
    hs = [h0]
    for t in range(len(x)):
        hs.append(f[t] / (f[t] + i[t]) * hs[-1] + i[t] / (f[t] + i[t]) * n[t])
    return np.stack(hs[1:])


def expected(x, h0, P, dhs):
    out = {
        "dx": complex_step(lambda x: np.sum(dhs * states(x, h0, P)), x),
        "dh0": complex_step(lambda h0: np.sum(dhs * states(x, h0, P)), h0),
    }
    for key in WEIGHTS:
        out[f"d{key}"] = complex_step(lambda p, key=key: np.sum(dhs * states(x, h0, P | {key: p})), P[key])
    return out


def one(name, args, dhs, rtol=RTOL, want=None):
    def run(f):
        _, cache = f.min_lstm(*args)
        dx, dh0, dP = f.min_lstm_backward(dhs, cache)
        return {"dx": dx, "dh0": dh0, **{f"d{key}": dP[key] for key in WEIGHTS}}

    return Case(name, run, expected(*args, dhs) if want is None else want, AXES, rtol=rtol)


def shut(rng):
    """Both gates are shut so far that exp(-z) overflows; then f / (f + i) is sigma(z_f - z_i), and so are its slopes."""
    x, h0, P = draw(rng, 3, 2, 2, 3)
    low = P | {"b_f": P["b_f"] - 900, "b_i": P["b_i"] - 900}
    dhs = rng.normal(size=(3, 2, 3))
    far = expected(x, h0, P | {"b_f": P["b_f"] - 25, "b_i": P["b_i"] - 25}, dhs)  # 1 - f is 1, to 1e-11
    return one("gates that are shut", (x, h0, low), dhs, 1e-6, far)


def cases(rng):
    for s in sizes(rng):
        yield one(s.name, draw(rng, s.T, s.B, s.D, s.H), rng.normal(size=(s.T, s.B, s.H)))
    args, dhs = draw(rng, 4, 3, 2, 5), rng.normal(size=(4, 3, 5))
    for name, step in (("last", -1), ("first", 0)):
        only = np.zeros_like(dhs)
        only[step] = dhs[step]
        yield one(f"a gradient at the {name} step only", args, only)
    x, h0, P = args
    yield one("states far from zero", (x, 5 * h0, P), dhs)
    yield one("the same gates", (x, h0, P | {"V_i": P["V_f"], "b_i": P["b_f"]}), dhs)
    yield shut(rng)
    for name, other in layouts(dhs):
        yield one(name, args, other)


EXPLAINED = {
    r"^`hs` became `\w+` in `before, dh, carry": "The new array has the same shape, and is filled later.",
    r"^`h0` became `(P|sum)` in `before, dh, carry": "A zero without axes is added to the last gradient as well as an array of zeros.",
    r"^`x` became `\w+` in `for t in reversed": "All of these have T entries.",
    r"^`\(0, 1\)` became `\(1, 0\)`": "The order of the axes that are summed away does not matter.",
}
