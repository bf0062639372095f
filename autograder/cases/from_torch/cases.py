"""The LSTM's weights from torch. The oracle is torch.nn.LSTM: rnncore's must do the same with what comes back."""

import numpy as np

from autograder.cases.lstm_step.cases import GATES, WEIGHTS
from autograder.cases.to_torch.cases import KEYS, RTOL, SIZES, arrays, ours, positive, start, theirs
from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from rnncore.cells import LSTM

FUNCTIONS = ("from_torch",)
EQUATION = "lstm-gates"
PAGE = "ch04_lstm/cell"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(
    takes={"sd": {"weight_ih_l0": "4H D", "weight_hh_l0": "4H H"}}, returns={"P": Keys(WEIGHTS, said=GATES)}
)
NAMES = tuple(f"{name}_{gate}" for gate in LSTM.gates for name in "VWb")


def one(name, sd, state):
    stacked = {"V": sd["weight_ih_l0"], "W": sd["weight_hh_l0"], "b": sd["bias_ih_l0"] + sd["bias_hh_l0"]}
    want = {f"{letter}_{gate}": block for letter, array in stacked.items()
            for gate, block in zip(LSTM.gates, np.split(array, 4))}  # fmt: skip

    def run(f):
        P = arrays(f.from_torch(sd), NAMES)
        out = {key: P[key] for key in NAMES}
        fits = all(out[key].shape == want[key].shape for key in NAMES)
        return {**out, **ours(out, *state)} if fits else out

    return Case(name, run, {**want, **theirs(sd, *state)}, {"the LSTM's states": "TBH"}, rtol=RTOL)


def cases(rng):
    for name, T, B, D, H in SIZES:
        shapes = ((4 * H, D), (4 * H, H), (4 * H,), (4 * H,))
        sd, state = {key: rng.normal(size=shape) for key, shape in zip(KEYS, shapes)}, start(rng, T, B, D, H)
        if name == "all sizes 1":
            sd, state = positive(sd), tuple(map(abs, state))
        yield one(name, sd, state)
    shapes = ((12, 4), (12, 3), (12,), (12,))
    backwards = [(key, rng.normal(size=shape)) for key, shape in zip(KEYS, shapes)][::-1]
    yield one("the keys in another order", dict(backwards), start(rng, 2, 3, 4, 3))
