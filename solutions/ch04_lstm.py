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
# # Assignment 4: the LSTM
#
# You write the long short-term memory cell, forward and backward, over one step and over a sequence.
# Then you stack its weights for a library, and give it a good start.
#
# The weights come in a dict `P`, gate by gate, for the gates `i`, `f`, `g` and `o`:
#
# | key | shape | |
# |---|---|---|
# | `V_i`, `V_f`, `V_g`, `V_o` | (H, D) | multiply the input |
# | `W_i`, `W_f`, `W_g`, `W_o` | (H, H) | multiply the last output |
# | `b_i`, `b_f`, `b_g`, `b_o` | (H,) | the biases |
#
# Look weights up by name: their order in `P` means nothing.
#
# The state has two parts, the output `h` and the memory `C`, each (B, H).
# Gradient arrays are called `dq` for dL/dq and have the shape of q. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check

# %% [markdown]
# ## 1. One step
#
# $$i_t, f_t, o_t = \sigma(V_q x_t + W_q h_{t-1} + b_q) \ \text{for } q = i, f, o, \qquad g_t = \tanh(V_g x_t + W_g h_{t-1} + b_g)$$
#
# $$C_t = f_t \odot C_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh C_t$$
#
# The logistic function $\sigma$ is yours to write. Arguments of $-1000$ and $1000$ must give 0 and 1 exactly, not NaN; a tanh of your own must bear them, too.
#
# *Reread: "The LSTM cell", equations lstm-gates and lstm-state.*


# %% exercise="lstm_step"
def lstm_step(x, h, C, P):
    """One step of the LSTM.

    Equation: lstm-gates, lstm-state
    x: (B, D), h, C: (B, H), P: the weights, see above.
    """
    ### BEGIN SOLUTION
    a = {q: x @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
    g = np.tanh(a["g"])
    C_next = f * C + i * g
    m = np.tanh(C_next)
    return o * m, C_next, (x, h, C, P, i, f, g, o, m)
    ### END SOLUTION


# %% check="lstm_step" points=4
check("lstm_step", lstm_step)

# %% [markdown]
# ## 2. The whole sequence
#
# You may call your `lstm_step`.
#
# *Reread: "The LSTM cell", equation lstm-state.*


# %% exercise="lstm_forward"
def lstm_forward(x, h0, C0, P):
    """The LSTM over a sequence.

    Equation: lstm-state
    x: (T, B, D), h0, C0: (B, H), P: the weights.
    """
    ### BEGIN SOLUTION
    h, C, hs, caches = h0, C0, [], []
    for x_t in x:
        h, C, cache = lstm_step(x_t, h, C, P)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs), C, caches
    ### END SOLUTION


# %% check="lstm_forward" points=2
check("lstm_forward", lstm_forward)

# %% [markdown]
# ## 3. One step back
#
# Two gradients arrive, `dh` on the output and `dC` on the memory. The memory is reached on two ways: directly, and through the output.
# Two gradients leave, on the output and on the memory before the step. The output before the step acted on all four gates.
# The gradients of the weights are sums over the batch.
#
# *Reread: "The LSTM backward", equations lstm-state-backward and lstm-gates-backward.*


# %% exercise="lstm_step_backward"
def lstm_step_backward(dh, dC, cache):
    """One step of the LSTM, backward.

    Equation: lstm-state-backward, lstm-gates-backward
    dh, dC: (B, H), the gradients on the output and the memory after the step. cache: from `lstm_step`.
    """
    ### BEGIN SOLUTION
    x, h, C, P, i, f, g, o, m = cache
    dC = dC + dh * o * (1 - m**2)
    da = {
        "i": dC * g * i * (1 - i),
        "f": dC * C * f * (1 - f),
        "g": dC * i * (1 - g**2),
        "o": dh * m * o * (1 - o),
    }
    dx = sum(da[q] @ P["V_" + q] for q in "ifgo")
    dh_prev = sum(da[q] @ P["W_" + q] for q in "ifgo")
    dP = {}
    for q in "ifgo":
        dP["V_" + q], dP["W_" + q], dP["b_" + q] = da[q].T @ x, da[q].T @ h, da[q].sum(axis=0)
    return dx, dh_prev, dC * f, dP
    ### END SOLUTION


# %% check="lstm_step_backward" points=5
check("lstm_step_backward", lstm_step, lstm_step_backward)

# %% [markdown]
# ## 4. And back over the sequence
#
# `dhs[t]` is what reaches each output from its own loss, `dC_T` what reaches the last memory.
# Each output also gets what the next step's gates send, and each memory what the next memory sends.
#
# *Reread: "The LSTM backward", equation lstm-state-backward.*


# %% exercise="lstm_backward"
def lstm_backward(dhs, dC_T, cache):
    """The LSTM over a sequence, backward.

    Equation: lstm-state-backward
    dhs: (T, B, H), the gradient on each output from outside, dC_T: (B, H), that on the last memory.
    cache: from `lstm_forward`.
    """
    ### BEGIN SOLUTION
    dx, dh, dC, dP = [], np.zeros_like(dC_T), dC_T, {}
    for dh_t, step in zip(dhs[::-1], cache[::-1]):
        dx_t, dh, dC, dP_t = lstm_step_backward(dh_t + dh, dC, step)
        dx.append(dx_t)
        for key in dP_t:
            dP[key] = dP.get(key, 0) + dP_t[key]
    return np.stack(dx[::-1]), dh, dC, dP
    ### END SOLUTION


# %% check="lstm_backward" points=3
check("lstm_backward", lstm_forward, lstm_backward)

# %% [markdown]
# ## 5. Four gates in one matrix
#
# Libraries keep the gates one under the other, in an order of their own. `order` names it: `"ifgo"` is torch's.
# `pack` returns V (4H, D), W (4H, H) and b (4H,).
#
# *Reread: "Four gates in one matrix", equation lstm-pack.*


# %% exercise="pack"
def pack(P, order="ifgo"):
    """The weights of all gates, one under the other.

    Equation: lstm-pack
    P: the weights by name. order: the gates from the top down.
    """
    ### BEGIN SOLUTION
    return tuple(np.concatenate([P[f"{name}_{q}"] for q in order]) for name in "VWb")
    ### END SOLUTION


# %% check="pack" points=1
check("pack", pack)

# %% [markdown]
# ## 6. And apart again
#
# *Reread: "Four gates in one matrix", equation lstm-pack.*


# %% exercise="unpack"
def unpack(V, W, b, order="ifgo"):
    """The weights by name, from what `pack` makes.

    Equation: lstm-pack
    V: (4H, D), W: (4H, H), b: (4H,), order: the gates from the top down.
    """
    ### BEGIN SOLUTION
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip(order, np.split(stacked, 4)):
            P[f"{name}_{q}"] = block.copy()
    return P
    ### END SOLUTION


# %% check="unpack" points=2
check("unpack", unpack)

# %% [markdown]
# ## 7. A good start
#
# Return weights for a fresh LSTM:
#
# - each `V_q` uniform in $(-s, s)$ with $s = \sqrt{6/(H + D)}$, drawn anew for each gate,
# - each `W_q` orthogonal by itself: $W_q^\top W_q = I$, drawn anew for each gate, and evenly, as in assignment 3,
# - all biases zero, but `b_f`, which holds `forget_bias` in every entry.
#
# All random numbers come from `rng`, a `numpy.random.Generator`.
#
# *Reread: "What the LSTM remembers", equation forget-bias.*


# %% exercise="init_lstm"
def init_lstm(D, H, rng, forget_bias=1.0):
    """Initial weights.

    Equation: forget-bias
    D, H: sizes, rng: a numpy.random.Generator.
    """
    ### BEGIN SOLUTION
    P, s = {}, np.sqrt(6 / (H + D))
    for q in "ifgo":
        P["V_" + q] = rng.uniform(-s, s, size=(H, D))
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        P["W_" + q] = Q * np.sign(np.diag(R))
        P["b_" + q] = np.full(H, forget_bias if q == "f" else 0.0)
    return P
    ### END SOLUTION


# %% check="init_lstm" points=3
check("init_lstm", init_lstm)
