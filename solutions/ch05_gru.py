# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Assignment 5: the GRU, both of them
#
# You write the gated recurrent unit in its two variants and with both meanings of its update gate, forward and backward.
# Then you turn one convention into the other, and hand your weights to torch.
#
# The weights come in a dict `P`, gate by gate:
#
# | key | shape | |
# |---|---|---|
# | `V_r`, `V_z`, `V_n` | (H, D) | multiply the input |
# | `W_r`, `W_z`, `W_n` | (H, H) | multiply the state |
# | `b_r`, `b_z` | (H,) | the biases of the two gates |
# | `b_in` | (H,) | the candidate's bias outside the reset gate |
# | `b_hn` | (H,) | the candidate's bias inside it; the book calls it $b_n$. Only there with `reset="after"` |
#
# Look weights up by name: their order in `P` means nothing.
# Gradient arrays are called `dq` for dL/dq and have the shape of q. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check


# %% given="sigmoid"
def sigmoid(a):
    """The logistic function, without overflow for any a."""
    return 0.5 * (1 + np.tanh(0.5 * a))


# %% [markdown]
# ## 1. One step
#
# $$r_t = \sigma(V_r x_t + W_r h_{t-1} + b_r), \qquad z_t = \sigma(V_z x_t + W_z h_{t-1} + b_z)$$
#
# The candidate, for `reset="after"` and for `reset="before"`:
#
# $$n_t = \tanh\left(V_n x_t + b_{in} + r_t \odot (W_n h_{t-1} + b_{hn})\right), \qquad n_t = \tanh\left(V_n x_t + b_{in} + W_n (r_t \odot h_{t-1})\right)$$
#
# The new state, for `z_keeps="old"` and for `z_keeps="new"`:
#
# $$h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}, \qquad h_t = z_t \odot n_t + (1 - z_t) \odot h_{t-1}$$
#
# *Reread: "Two GRUs", equations gru-gates, gru-candidate-after, gru-candidate-before and gru-state.*


# %% exercise="gru_step"
def gru_step(x, h, P, reset="after", z_keeps="old"):
    """One step of the GRU.

    Equation: gru-gates, gru-candidate-after, gru-candidate-before, gru-state
    x: (B, D), h: (B, H), P: the weights, see above. reset: "after" or "before". z_keeps: "old" or "new".
    """
    ### BEGIN SOLUTION
    r = sigmoid(x @ P["V_r"].T + h @ P["W_r"].T + P["b_r"])
    z = sigmoid(x @ P["V_z"].T + h @ P["W_z"].T + P["b_z"])
    a = x @ P["V_n"].T + P["b_in"]
    if reset == "after":
        q = h @ P["W_n"].T + P["b_hn"]
        n = np.tanh(a + r * q)
    else:
        q = r * h
        n = np.tanh(a + q @ P["W_n"].T)
    keep = z if z_keeps == "old" else 1 - z
    return (1 - keep) * n + keep * h, (x, h, P, reset, z_keeps, r, z, n, q)
    ### END SOLUTION


# %% check="gru_step" points=4
check("gru_step", gru_step)

# %% [markdown]
# ## 2. One step back
#
# The loss reaches you as `dh_next`. With the reset gate after the product, the gradient on the candidate's recurrent part is not the one on its input part: the reset gate stands between them.
# With the reset gate before it, the product by $W_n$ stands between the candidate and the reset gate.
# The old state is reached on four ways: directly, and through each of the three products.
# The gradients of the weights are sums over the batch. Your cache must also hold the flags.
#
# *Reread: "The GRU backward", equations gru-state-backward, gru-candidate-after-backward and gru-gates-backward.*


# %% exercise="gru_step_backward"
def gru_step_backward(dh_next, cache):
    """One step of the GRU, backward, for the flags that the forward step was given.

    Equation: gru-state-backward, gru-candidate-after-backward, gru-gates-backward
    dh_next: (B, H), the gradient on the state after the step. cache: from `gru_step`.
    """
    ### BEGIN SOLUTION
    x, h, P, reset, z_keeps, r, z, n, q = cache
    keep = z if z_keeps == "old" else 1 - z
    da_n = dh_next * (1 - keep) * (1 - n**2)
    dkeep = dh_next * (h - n)
    da_z = (dkeep if z_keeps == "old" else -dkeep) * z * (1 - z)
    dh = dh_next * keep
    dP = {}
    if reset == "after":
        du_n = da_n * r
        dr = da_n * q
        dh = dh + du_n @ P["W_n"]
        dP["W_n"], dP["b_hn"] = du_n.T @ h, du_n.sum(axis=0)
    else:
        dq = da_n @ P["W_n"]
        dr = dq * h
        dh = dh + dq * r
        dP["W_n"] = da_n.T @ q
    da_r = dr * r * (1 - r)
    dh = dh + da_r @ P["W_r"] + da_z @ P["W_z"]
    dx = da_r @ P["V_r"] + da_z @ P["V_z"] + da_n @ P["V_n"]
    for gate, da in (("r", da_r), ("z", da_z)):
        dP["W_" + gate] = da.T @ h
    for gate, bias, da in (("r", "b_r", da_r), ("z", "b_z", da_z), ("n", "b_in", da_n)):
        dP["V_" + gate], dP[bias] = da.T @ x, da.sum(axis=0)
    return dx, dh, dP
    ### END SOLUTION


# %% check="gru_step_backward" points=5
check("gru_step_backward", gru_step, gru_step_backward)

# %% [markdown]
# ## 3. The whole sequence
#
# You may call your `gru_step`.
#
# *Reread: "Two GRUs", equation gru-state.*


# %% exercise="gru_forward"
def gru_forward(x, h0, P, reset="after", z_keeps="old"):
    """The GRU over a sequence.

    Equation: gru-state
    x: (T, B, D), h0: (B, H), P and the flags as for `gru_step`.
    """
    ### BEGIN SOLUTION
    h, hs, caches = h0, [], []
    for x_t in x:
        h, cache = gru_step(x_t, h, P, reset, z_keeps)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs), caches
    ### END SOLUTION


# %% check="gru_forward" points=2
check("gru_forward", gru_forward)

# %% [markdown]
# ## 4. And back
#
# `dhs[t]` is what reaches each state from its own loss. Each state also gets what its successor sends.
#
# *Reread: "The GRU backward", equation gru-state-backward.*


# %% exercise="gru_backward"
def gru_backward(dhs, cache):
    """The GRU over a sequence, backward.

    Equation: gru-state-backward
    dhs: (T, B, H), the gradient on each state from outside. cache: from `gru_forward`.
    """
    ### BEGIN SOLUTION
    dx, dh, dP = [], np.zeros_like(dhs[0]), {}
    for dh_t, step in zip(dhs[::-1], cache[::-1]):
        dx_t, dh, dP_t = gru_step_backward(dh_t + dh, step)
        dx.append(dx_t)
        for key in dP_t:
            dP[key] = dP.get(key, 0) + dP_t[key]
    return np.stack(dx[::-1]), dh, dP
    ### END SOLUTION


# %% check="gru_backward" points=4
check("gru_backward", gru_forward, gru_backward)

# %% [markdown]
# ## 5. From one convention to the other
#
# A GRU whose z keeps the old state and one whose z takes the new candidate can compute the same function.
# Return weights `P2` for which `gru_step(x, h, P2, z_keeps="new")` equals `gru_step(x, h, P, z_keeps="old")`, for every x and h. The same must hold with `reset="before"` in both. `P` stays as it is.
#
# *Reread: "Conventions", equation gru-flip.*


# %% exercise="gru_flip"
def gru_flip(P):
    """Weights that compute the same with the other meaning of z.

    Equation: gru-flip
    P: the weights of a GRU, with or without "b_hn".
    """
    ### BEGIN SOLUTION
    return {key: -weight if key in ("V_z", "W_z", "b_z") else weight.copy() for key, weight in P.items()}
    ### END SOLUTION


# %% check="gru_flip" points=2
check("gru_flip", gru_flip)

# %% [markdown]
# ## 6. Your GRU's weights, for torch
#
# Return a plain dict that `torch.nn.GRU(D, H)` can load, and with which it computes the same states:
#
# | key | shape | holds |
# |---|---|---|
# | `weight_ih_l0` | (3H, D) | the three V, one under the other, in the order r, z, n |
# | `weight_hh_l0` | (3H, H) | the three W |
# | `bias_ih_l0` | (3H,) | biases on the input's side |
# | `bias_hh_l0` | (3H,) | biases on the state's side |
#
# All four have the order r, z, n. The values are NumPy arrays; the check makes tensors of them.
# For r and z torch adds its two biases, and only their sum counts. For n it does not: one of them stands inside the reset gate.
# `P` is a GRU of the kind that torch has: `reset="after"`, `z_keeps="old"`.
#
# *Reread: "Conventions", equation gru-flip. See the box on biases there.*


# %% exercise="gru_to_torch"
def gru_to_torch(P):
    """The weights of a GRU as the state dict of torch.nn.GRU.

    Equation: gru-candidate-after
    P: the weights, see above, with "b_hn".
    """
    ### BEGIN SOLUTION
    none = np.zeros_like(P["b_r"])
    return {
        "weight_ih_l0": np.concatenate([P["V_r"], P["V_z"], P["V_n"]]),
        "weight_hh_l0": np.concatenate([P["W_r"], P["W_z"], P["W_n"]]),
        "bias_ih_l0": np.concatenate([P["b_r"], P["b_z"], P["b_in"]]),
        "bias_hh_l0": np.concatenate([none, none, P["b_hn"]]),
    }
    ### END SOLUTION


# %% check="gru_to_torch" points=3
check("gru_to_torch", gru_to_torch)
