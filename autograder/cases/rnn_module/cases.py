"""The vanilla RNN as a torch module. The oracle is rnncore's driver in NumPy, forward and back: no autograd.

The upstream gradients are drawn for every step; a loss may also see one of the two outputs alone.
"""

import numpy as np

from autograder.cases.rnn_forward.cases import draw
from autograder.checks.case import Case, Sizes
from autograder.checks.contract import Contract
from rnncore.cells import RNN
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

FUNCTIONS = ("RNNModule",)
EQUATION = "rnn-step"
PAGE = "ch01_rnn/step"
DEMANDS = ("sizes of 1",)
PARTS = {"forward": 0.4, "gradients": 0.6}
GIVEN = {"RNNModule": Contract(takes={"x": "T B D", "h0": "B H"}, returns={})}
RTOL = 1e-4  # of an answer that keeps its states in torch's default type, float32
AXES = {"hs": "TBH", "h_T": "BH", "the gradient of V": "HD", "the gradient of W": "HH", "the gradient of b": "H",
        "the gradient of x": "TBD", "the gradient of h0": "BH"}  # fmt: skip
SHAPES = (
    Sizes("all sizes different", T=3, B=4, D=5, H=2),
    Sizes("one time step", T=1, B=2, D=3, H=4),
    Sizes("all sizes 1", T=1, B=1, D=1, H=1),
)


def module(f, args, upstream):
    """What the student's module gives with these weights, inputs and upstream gradients."""
    x, h0, V, W, b = args
    return f.module("RNNModule", (V.shape[1], V.shape[0]), {"V": V, "W": W, "b": b}, [x, h0], upstream)


def forward(name, args):
    x, h0, V, W, b = args
    hs, (h_T,), _ = scan(RNN, x, (h0,), Params(V, W, b))

    def run(f):
        return dict(zip(("hs", "h_T"), module(f, args, [None, None])["outputs"]))

    return Case(name, run, {"hs": hs, "h_T": h_T}, AXES, rtol=RTOL, part="forward")


def gradients(name, args, dhs, dh_T):
    x, h0, V, W, b = args
    hs, _, cache = scan(RNN, x, (h0,), Params(V, W, b))
    dx, (dh0,), d = scan_backward(
        RNN, np.zeros_like(hs) if dhs is None else dhs, None if dh_T is None else (dh_T,), cache
    )

    def run(f):
        got = module(f, args, [dhs, dh_T])
        out = {f"the gradient of {name}": got["grads"].get(name) for name in "VWb"}
        return out | {f"the gradient of {name}": grad for name, grad in zip(("x", "h0"), got["inputs"])}

    expected = {
        f"the gradient of {name}": grad for name, grad in zip(("V", "W", "b", "x", "h0"), (d.V, d.W, d.b, dx, dh0))
    }
    return Case(name, run, expected, AXES, rtol=RTOL, part="gradients")


def cases(rng):
    for s in SHAPES:
        args, dhs, dh_T = draw(rng, s), rng.normal(size=(s.T, s.B, s.H)), rng.normal(size=(s.B, s.H))
        if s.name == "all sizes 1":  # all positive: where one number is all there is, none may almost cancel
            args, dhs, dh_T = tuple(map(np.abs, args)), abs(dhs), abs(dh_T)
        yield forward(s.name, args)
        yield gradients(f"{s.name}, a gradient at every step", args, dhs, dh_T)
    s = SHAPES[0]
    args, dhs, dh_T = draw(rng, s), rng.normal(size=(s.T, s.B, s.H)), rng.normal(size=(s.B, s.H))
    yield gradients("a gradient on h_T alone", args, None, dh_T)
    yield gradients("a gradient on hs alone", args, dhs, None)


EXPLAINED = {
    r"`self\.[VWb] = torch\.nn\.Parameter": "The numbers drawn first are overwritten; only their shapes count.",
}
