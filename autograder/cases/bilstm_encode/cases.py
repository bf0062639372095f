"""Both directions. The oracle is torch's bidirectional LSTM over packed sequences."""

import numpy as np
import torch

from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract

FUNCTIONS = ("bilstm_encode",)
EQUATION = "bidirectional-encoding"
PAGE = "ch06_classification/directions"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(
    takes={"x": "T B D", "lengths": "B", "P_f": {"b_i": "H"}}, returns={"encoding": "B 2H: forward first"}
)
AXES = {"encoding": "BH"}
SIZES = ((6, (2, 6, 4), 3, 5), (5, (5, 1), 4, 2), (4, (3, 4, 2, 3, 1), 2, 3), (3, (2, 3), 1, 1), (1, (1, 1), 2, 4))


def weights(rng, D, H):
    shapes = {"V": (H, D), "W": (H, H), "b": (H,)}
    return {f"{name}_{q}": 0.8 * rng.normal(size=shape) for q in "ifgo" for name, shape in shapes.items()}


def by_torch(x, lengths, P_f, P_b):
    H = len(P_f["b_i"])
    net = torch.nn.LSTM(x.shape[2], H, bidirectional=True, dtype=torch.float64)
    state = {}
    for end, P in (("", P_f), ("_reverse", P_b)):
        V, W, b = (np.concatenate([P[f"{name}_{q}"] for q in "ifgo"]) for name in "VWb")
        named = {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": 0 * b}
        state.update({key + end: torch.from_numpy(np.ascontiguousarray(a, float)) for key, a in named.items()})
    net.load_state_dict(state)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.from_numpy(np.array(x, float)), torch.from_numpy(np.array(lengths)), enforce_sorted=False
    )
    with torch.no_grad():
        _, (h_n, _) = net(packed)
    return torch.cat([h_n[0], h_n[1]], dim=1).numpy()


def draw(rng, T, lengths, D, H):
    """Inputs, rubbish at padding, the lengths, and the weights of both directions."""
    x = rng.normal(size=(T, len(lengths), D))
    x[np.arange(T)[:, None] >= np.array(lengths)] += 5
    return x, np.array(lengths), weights(rng, D, H), weights(rng, D, H)


def one(name, args, rtol=1e-7):
    return Case(name, lambda f: {"encoding": f.bilstm_encode(*args)}, {"encoding": by_torch(*args)}, AXES, rtol=rtol)


def cases(rng):
    for T, lengths, D, H in SIZES:
        yield one(f"T={T}, lengths {lengths}, D={D}, H={H}", draw(rng, T, lengths, D, H))
    x, lengths, P_f, P_b = draw(rng, *SIZES[0])
    yield one("more padding", (np.concatenate([x, rng.normal(size=(3, 3, 3))]), lengths, P_f, P_b))
    yield one("one sequence alone", (x[:, :1], lengths[:1], P_f, P_b))
    for name, other in layouts(x):
        yield one(name, (other, lengths, P_f, P_b))


EXPLAINED = {
    r"`steps < lengths` became `steps <= lengths`|\(number 3 of 3\)|`lengths` became `T` in `turned": "It changes only what "
    "stands behind the end of a turned sequence, and no state that is taken has read that.",
}
