"""The GRU's weights for torch, from either meaning of z. What comes back is loaded into torch.nn.GRU here, by the judge."""

import numpy as np
import torch

from autograder.cases.gru_step.cases import Z, draw, expected
from autograder.cases.to_torch.cases import KEYS, arrays
from autograder.checks.case import Case, sizes
from autograder.checks.contract import Contract, Keys

FUNCTIONS = ("gru_to_torch",)
EQUATION = "gru-flip"
PAGE = "ch05_gru/conventions"
DEMANDS = ("arguments stay as they are", "sizes of 1")
CONTRACT = Contract(
    takes={"P": {"V_r": "H D"}},
    returns={"state": Keys({"weight_ih_l0": "3H D", "weight_hh_l0": "3H H", "bias_ih_l0": "3H", "bias_hh_l0": "3H"})},
)
RTOL = 1e-4  # float32 is good enough
ORDERS = (("n", "z", "r"), ("z", "n", "r"), ("n", "r", "z"))


def theirs(sd, x, h0):
    """All states by torch.nn.GRU. Raises ValueError, in words, for what it cannot load."""
    layer = torch.nn.GRU(x.shape[2], h0.shape[1], dtype=torch.float64)
    try:
        layer.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in sd.items()})
    except RuntimeError as error:
        raise ValueError(f"torch.nn.GRU cannot load it: {error}") from error
    with torch.no_grad():
        return layer(torch.from_numpy(x), torch.from_numpy(h0[None]))[0].numpy()


def summed(sd, H):
    """The biases as they count: the sums for r and z, and the two of n apart."""
    return {"b_r and b_z, bias_ih_l0 + bias_hh_l0": (sd["bias_ih_l0"] + sd["bias_hh_l0"])[: 2 * H],
            "b_in, the end of bias_ih_l0": sd["bias_ih_l0"][2 * H :],
            "b_hn, the end of bias_hh_l0": sd["bias_hh_l0"][2 * H :]}  # fmt: skip


def one(name, P, x, h0, z_keeps):
    H = h0.shape[1]
    Q = {key: -a if z_keeps == "new" and key in Z else a for key, a in P.items()}
    stacked = {"weight_ih_l0": [Q["V_r"], Q["V_z"], Q["V_n"]], "weight_hh_l0": [Q["W_r"], Q["W_z"], Q["W_n"]],
               "bias_ih_l0": [Q["b_r"], Q["b_z"], Q["b_in"]],
               "bias_hh_l0": [0 * Q["b_r"], 0 * Q["b_z"], Q["b_hn"]]}  # fmt: skip
    full = {key: np.concatenate(parts) for key, parts in stacked.items()}
    weights = {key: full[key] for key in KEYS[:2]} | summed(full, H)

    def run(f):
        sd = arrays(f.gru_to_torch(P, z_keeps), KEYS)
        for key in KEYS[2:]:
            if sd[key].shape != (3 * H,):
                raise ValueError(f"{key} has shape {sd[key].shape}, expected {(3 * H,)}")
        out = {key: sd[key] for key in KEYS[:2]} | summed(sd, H)
        fits = all(out[key].shape == array.shape for key, array in weights.items())
        return {**out, "the GRU's states": theirs(sd, x, h0)} if fits else out

    want = {**weights, "the GRU's states": expected(x, h0, P, "after", z_keeps)}
    return Case(f'{name}, z_keeps="{z_keeps}"', run, want, {"the GRU's states": "TBH"}, rtol=RTOL)


def cases(rng):
    for k, s in enumerate(sizes(rng)):
        P = draw(rng, s)
        order = ORDERS[k % len(ORDERS)]
        P = {key: P[key] for gate in order for key in P if key.split("_")[1][-1] == gate}
        x, h0 = rng.normal(size=(s.T, s.B, s.D)), rng.normal(size=(s.B, s.H))
        if s.H == s.D == 1:  # one number is all there is: no two parts may almost cancel
            P, x, h0 = {key: abs(a) for key, a in P.items()}, abs(x), abs(h0)
        for z_keeps in ("old", "new"):
            yield one(f"{s.name}, P in the order {', '.join(order)}", P, x, h0, z_keeps)
    s = next(sizes(rng))
    P = draw(rng, s)
    for weight in P.values():
        weight.flags.writeable = False
    yield one("weights that are read-only", P, rng.normal(size=(s.T, s.B, s.D)), rng.normal(size=(s.B, s.H)), "new")


EXPLAINED = {r"became `'(after|old|new)' == ": "The two sides of an equality may change places."}
