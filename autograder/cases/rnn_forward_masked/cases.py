"""Sequences of different lengths in one batch. hs is read at real positions only; what stands past an end may be anything."""

import numpy as np

from autograder.cases.rnn_forward.cases import draw, expected
from autograder.checks.case import Case, layouts, sizes
from autograder.checks.compare import RTOL
from autograder.checks.contract import Contract

FUNCTIONS = ("rnn_forward_masked",)
EQUATION = "rnn-mask"
PAGE = "ch01_rnn/padding"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(
    takes={"x": "T B D", "lengths": "B", "h0": "B H"},
    returns={
        "hs": "T B H: the states, of which only the real steps count",
        "h_last": "B H: the last real state of each sequence",
    },
)


def valid_part(hs, valid):
    """hs with the padding blanked, if it has the shape of hs at all."""
    hs = np.asarray(hs)
    return np.where(valid[..., None], hs, 0.0) if hs.ndim == 3 and hs.shape[:2] == valid.shape else hs


def one(name, args, lengths, rtol=RTOL):
    x, h0, V, W, b = args
    lengths = np.asarray(lengths)
    valid = np.arange(len(x))[:, None] < lengths
    hs = expected(*args)
    last = np.array([hs[n - 1, k] for k, n in enumerate(lengths)])

    def run(f):
        got, h_last = f.rnn_forward_masked(x, lengths, h0, V, W, b)
        return {"h_last": h_last, "hs": None if got is None else valid_part(got, valid)}

    return Case(name, run, {"h_last": last, "hs": valid_part(hs, valid)}, rtol=rtol)


def cases(rng):
    for s in sizes(rng):
        lengths = rng.integers(1, s.T + 1, s.B)
        lengths[rng.integers(s.B)] = s.T
        yield one(f"{s.name}, lengths {lengths.tolist()}", draw(rng, s), lengths)
    s = next(sizes(rng))
    x, h0, V, W, b = args = draw(rng, s)
    yield one("no sequence reaches the end", args, [2, 1, 3])
    yield one("all sequences as long as the array", args, [s.T] * s.B)
    yield one("lengths in rising order", args, [1, 3, 5])
    yield one("lengths in falling order", args, [5, 3, 1])
    yield one("a sequence of length 1", args, [1, 5, 1])
    for name, junk in [("large numbers", 10.0), ("zeros", 0.0)]:
        padded = np.where(np.arange(s.T)[:, None, None] < np.array([2, 5, 3])[None, :, None], x, junk)
        yield one(f"padding filled with {name}", (padded, h0, V, W, b), [2, 5, 3])
    yield one("float32 arguments", tuple(a.astype(np.float32) for a in args), [2, 5, 3], rtol=1e-4)
    for name, other in layouts(x):
        yield one(name, (other, h0, V, W, b), [2, 5, 3])


EXPLAINED = {
    r"^`h` became `moved` in `hs\.append\(h\)`$": "They differ in the padding only, where hs may hold anything.",
}
