"""The LSTM's weights for torch. What comes back is loaded into torch.nn.LSTM here, where the judge is.

Its states must be those of rnncore's LSTM with the weights that were given. The arrays are compared one by one
before, so that a message can name one; of the two biases the sum counts.
"""

from collections import OrderedDict

import numpy as np
import torch

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys
from rnncore.cells import LSTM
from rnncore.scan import scan
from rnncore.types import Params

FUNCTIONS = ("to_torch",)
EQUATION = "lstm-gates"
PAGE = "ch04_lstm/cell"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(
    takes={"P": {"V_i": "H D"}},
    returns={"state": Keys({"weight_ih_l0": "4H D", "weight_hh_l0": "4H H", "bias_ih_l0": "4H", "bias_hh_l0": "4H"})},
)
KEYS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
RTOL = 1e-4  # float32 is good enough
SIZES = (("all sizes different", 3, 2, 4, 5), ("more inputs than units", 2, 3, 7, 2), ("one unit", 3, 2, 4, 1),
         ("as many inputs as units", 3, 2, 4, 4), ("all sizes 1", 1, 1, 1, 1))  # fmt: skip
ORDERS = ("ogfi", "fiog", "gofi", "oifg", "gfoi")
"""Orders in which P names its gates: none is torch's, and none is that of the alphabet."""


def draw(rng, D, H, order="ifgo"):
    """The weights of an LSTM by name, the gates in this order."""
    shapes = {"V": (H, D), "W": (H, H), "b": (H,)}
    return {f"{name}_{gate}": rng.normal(size=shape) for gate in order for name, shape in shapes.items()}


def start(rng, T, B, D, H):
    """x, h0 and C0."""
    return rng.normal(size=(T, B, D)), rng.normal(size=(B, H)), rng.normal(size=(B, H))


def positive(values):
    """All positive: where one number is all there is, no two parts of it may almost cancel."""
    return {key: abs(array) for key, array in values.items()}


def ours(P, x, h0, C0):
    """All states and the final cell state, by rnncore."""
    weights = [np.concatenate([P[f"{name}_{gate}"] for gate in LSTM.gates]) for name in "VWb"]
    hs, (_, C), _ = scan(LSTM, x, (h0, C0), Params(*weights))
    return {"the LSTM's states": hs, "its last cell state": C}


def theirs(sd, x, h0, C0):
    """The same by torch.nn.LSTM. Raises ValueError, in words, for what it cannot load."""
    layer = torch.nn.LSTM(x.shape[2], h0.shape[1], dtype=torch.float64)
    try:
        layer.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in sd.items()})
    except RuntimeError as error:
        raise ValueError(f"torch.nn.LSTM cannot load it: {error}") from error
    with torch.no_grad():
        hs, (_, C) = layer(torch.from_numpy(x), (torch.from_numpy(h0[None]), torch.from_numpy(C0[None])))
    return {"the LSTM's states": hs.numpy(), "its last cell state": C[0].numpy()}


def arrays(value, keys):
    """A student's dict of arrays or tensors as a dict of float64 arrays. Raises ValueError, in words, for another."""
    if not isinstance(value, dict) or isinstance(value, OrderedDict):
        raise ValueError(
            f"it is a {getattr(value, 'kind', type(value).__name__)}, expected a plain dict, as from dict(...)"
        )
    missing = [key for key in keys if key not in value]
    if missing:
        raise ValueError(f"there is no {', no '.join(missing)} among its keys")
    out = {key: np.asarray(item.detach() if hasattr(item, "detach") else item) for key, item in value.items()}
    strange = [str(key) for key, item in out.items() if item.dtype.kind not in "fiu"]
    if strange:
        raise ValueError(f"{', '.join(strange)} is no array of numbers")
    return {key: item.astype(np.float64) for key, item in out.items()}


def one(name, P, state):
    """P for torch: each weight, the sum of the biases, and then what torch computes with them."""
    want = {f"weight_{kind}_l0": np.concatenate([P[f"{letter}_{gate}"] for gate in LSTM.gates])
            for kind, letter in (("ih", "V"), ("hh", "W"))}  # fmt: skip
    want["bias_ih_l0 + bias_hh_l0"] = np.concatenate([P[f"b_{gate}"] for gate in LSTM.gates])

    def run(f):
        sd = arrays(f.to_torch(P), KEYS)
        for key in KEYS[2:]:
            if sd[key].shape != want["bias_ih_l0 + bias_hh_l0"].shape:
                raise ValueError(f"{key} has shape {sd[key].shape}, expected {want['bias_ih_l0 + bias_hh_l0'].shape}")
        out = {key: sd[key] for key in KEYS[:2]} | {"bias_ih_l0 + bias_hh_l0": sd["bias_ih_l0"] + sd["bias_hh_l0"]}
        fits = all(out[key].shape == array.shape for key, array in want.items())
        return {**out, **theirs(sd, *state)} if fits else out

    return Case(name, run, {**want, **ours(P, *state)}, {"the LSTM's states": "TBH"}, rtol=RTOL)


def cases(rng):
    for (name, T, B, D, H), order in zip(SIZES, ORDERS):
        P, state = draw(rng, D, H, order), start(rng, T, B, D, H)
        if name == "all sizes 1":
            P, state = positive(P), tuple(map(abs, state))
        yield one(f"{name}, P in the order {', '.join(order)}", P, state)
