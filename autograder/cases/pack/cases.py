"""Gates one under the other. The oracle places each block by its index; torch's layer judges the order i, f, g, o."""

import numpy as np
import torch

from autograder.cases.lstm_step.cases import draw, expected
from autograder.checks.case import Case, sizes
from autograder.checks.contract import Contract

FUNCTIONS = ("pack",)
EQUATION = "lstm-pack"
PAGE = "ch04_lstm/conventions"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(takes={"P": {"V_i": "H D"}}, returns={"V": "4H D", "W": "4H H", "b": "4H"})
ORDERS = ("ifgo", "ifog", "iofg", "ogfi")
NAMES = ("V", "W", "b")


def placed(P, order):
    """V, W and b, block by block."""
    H, D = P["V_i"].shape
    V, W, b = np.zeros((4 * H, D)), np.zeros((4 * H, H)), np.zeros(4 * H)
    for k, q in enumerate(order):
        rows = slice(k * H, (k + 1) * H)
        V[rows], W[rows], b[rows] = P[f"V_{q}"], P[f"W_{q}"], P[f"b_{q}"]
    return V, W, b


def by_torch(V, W, b, x, h0, C0):
    """The outputs of torch's layer with these weights."""
    H = h0.shape[1]
    layer = torch.nn.LSTM(x.shape[2], H, dtype=torch.float64)
    given = {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros(4 * H)}
    layer.load_state_dict({key: torch.from_numpy(np.array(value)) for key, value in given.items()})
    with torch.no_grad():
        return layer(torch.from_numpy(x), (torch.from_numpy(h0[None]), torch.from_numpy(C0[None])))[0].numpy()


def one(name, P, order):
    want = dict(zip(NAMES, placed(P, order)))
    return Case(f'{name}, order="{order}"', lambda f: dict(zip(NAMES, f.pack(P, order))), want)


def cases(rng):
    for s, order in zip(sizes(rng), ORDERS * 2):
        yield one(s.name, draw(rng, s), order)
    s = next(sizes(rng))
    P = draw(rng, s)
    for order in ORDERS:
        yield one("all sizes different", P, order)
    yield one("P in another order", dict(reversed(P.items())), "ifgo")
    yield Case("without an order: i, f, g, o", lambda f: dict(zip(NAMES, f.pack(P))),
               dict(zip(NAMES, placed(P, "ifgo"))))  # fmt: skip
    yield Case("the function must return three arrays", lambda f: {"length": len(f.pack(P))}, {"length": 3})
    x, h0, C0 = rng.normal(size=(3, 2, s.D)), rng.normal(size=(2, s.H)), rng.normal(size=(2, s.H))

    def in_torch(f):
        V, W, b = (np.asarray(part, float) for part in f.pack(P))
        fits = (V.shape, W.shape, b.shape) == tuple(part.shape for part in placed(P, "ifgo"))
        return {"what torch.nn.LSTM computes with them": by_torch(V, W, b, x, h0, C0) if fits else V}

    yield Case("loaded into torch.nn.LSTM", in_torch,
               {"what torch.nn.LSTM computes with them": expected(x, h0, C0, P)[0]})  # fmt: skip
