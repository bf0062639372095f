"""Reading a padded batch. The oracle is torch's RNN over packed sequences, each last state repeated to the end."""

import numpy as np
import torch

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("encode",)
EQUATION = "encoder-bridge"
PAGE = "ch10_translation/encoder"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(
    takes={"src": "T B", "lengths": "B", "P": {"b_e": "H"}},
    returns={"hs": "T B H: the state after each step", "h": "B H: the state after the last symbol of each source"},
)
SIZES = (
    (6, (2, 6, 4), 5, 3, 4),
    (5, (5, 1), 3, 4, 2),
    (4, (3, 4, 2, 3, 1), 6, 2, 5),
    (3, (2, 3), 2, 1, 1),
    (1, (1, 1), 3, 2, 3),
)


def weights(rng, Ks, Kt, D, H):
    shapes = {"S": (Ks, D), "Y": (Kt + 1, D), "U": (Kt, H), "c": (Kt,)}
    for end in "ed":
        shapes.update({f"V_{end}": (H, D), f"W_{end}": (H, H), f"b_{end}": (H,)})
    return {name: 0.8 * rng.normal(size=shape) for name, shape in shapes.items()}


def by_torch(src, lengths, P):
    net = torch.nn.RNN(P["S"].shape[1], len(P["b_e"]), dtype=torch.float64)
    state = {"weight_ih_l0": P["V_e"], "weight_hh_l0": P["W_e"], "bias_ih_l0": P["b_e"], "bias_hh_l0": 0 * P["b_e"]}
    net.load_state_dict({key: torch.from_numpy(np.array(value)) for key, value in state.items()})
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.from_numpy(P["S"][src]), torch.from_numpy(np.array(lengths)), enforce_sorted=False
    )
    with torch.no_grad():
        states, last = net(packed)
    last = last[0].numpy()
    hs = torch.nn.utils.rnn.pad_packed_sequence(states, total_length=len(src))[0].numpy()
    return {"hs": np.where(np.arange(len(src))[:, None, None] < lengths[:, None], hs, last), "h": last}


def one(name, src, lengths, P):
    want = by_torch(src, lengths, P)
    return Case(name, lambda f: dict(zip(want, f.encode(src, lengths, P))), want)


def cases(rng):
    for T, lengths, Ks, D, H in SIZES:
        src = rng.integers(Ks, size=(T, len(lengths)))
        yield one(f"T={T}, lengths {lengths}, D={D}, H={H}", src, np.array(lengths), weights(rng, Ks, Ks + 1, D, H))
    T, lengths, Ks, D, H = SIZES[0]
    P, lengths = weights(rng, Ks, 6, D, H), np.array(lengths)
    src = rng.integers(Ks, size=(T, len(lengths)))
    yield one("more padding", np.vstack([src, rng.integers(Ks, size=(3, 3))]), lengths, P)
    yield one("one source alone", src[:4, 2:], lengths[2:], P)
    yield one("a column-major array", np.asfortranarray(src), lengths, P)
