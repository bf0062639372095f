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

# %% [markdown] limits={"forbidden": ["tensorflow", "jax", "keras", "aten::rnn_tanh", "aten::rnn_relu", "aten::lstm", "aten::gru", "aten::rnn_tanh_cell", "aten::rnn_relu_cell", "aten::lstm_cell", "aten::gru_cell", "aten::scaled_dot_product_attention"]}
# # Assignment 11: torch, and after RNNs
#
# Write each answer where it says so, then run the cell below it.
# `check` tries your answer on many inputs and tells you the first place where something is off.
# Your work is graded by the same checks on other numbers.
#
# Torch may be used. Its own recurrent layers and cells and its own attention may not:
# what `torch.nn.RNN`, `LSTM`, `GRU`, their cells and `scaled_dot_product_attention` call raises an error where your work is graded,
# since what they compute is what you are asked to write. TensorFlow, JAX and Keras cannot be imported there.
#
# Arrays are time-major. T is the number of time steps, B the batch size, D the size of an input, H the size of a state.

# %% given="imports"
import numpy as np
import torch

from autograder import check

# %% [markdown]
# ## 1. The vanilla RNN as a torch module
#
# $$h_t = \tanh(W h_{t-1} + V x_t + b)$$
#
# Write a class `RNNModule`. `RNNModule(D, H)` has three parameters, named `V` (H, D), `W` (H, H) and `b` (H,).
# Its method `forward` takes `x` (T, B, D) and `h0` (B, H), and returns `hs` (T, B, H), the states after each input, and `h_T` (B, H), the last of them.
# All five gradients must come from `backward`: those of `V`, `W`, `b`, `x` and `h0`.
#
# The check loads its own numbers into your parameters, so it does not matter how you draw the first ones.
# An error that speaks of keys in `state_dict` means that torch does not know your parameters by these names.
# What makes an attribute a parameter? And where could a gradient be cut off without any error?
#
# The right states are worth 40 % of the points, the right gradients the rest.
#
# *Reread: "One step", equation rnn-step.*


# %% exercise="rnn_module"
class RNNModule(torch.nn.Module):
    """The vanilla RNN as a torch module, with the parameters V (H, D), W (H, H) and b (H,).

    Equation: rnn-step
    Its forward takes x (T, B, D) and h0 (B, H), and returns (hs, h_T): all states h_1..h_T, (T, B, H), and the last
    of them, (B, H).
    """

    def __init__(self, D, H):
        super().__init__()
        ### BEGIN SOLUTION
        self.V = torch.nn.Parameter(torch.randn(H, D) / 10)
        self.W = torch.nn.Parameter(torch.randn(H, H) / 10)
        self.b = torch.nn.Parameter(torch.zeros(H))

    def forward(self, x, h0):
        h, hs = h0, []
        for x_t in x:
            h = torch.tanh(x_t @ self.V.T + h @ self.W.T + self.b)
            hs.append(h)
        return torch.stack(hs), h
        ### END SOLUTION


# %% check="rnn_module" points=5
check("rnn_module", RNNModule)

# %% [markdown]
# ## 2. Your LSTM's weights, for torch
#
# `P` holds the weights of an LSTM gate by gate: `P["V_i"]` (H, D), `P["W_i"]` (H, H), `P["b_i"]` (H,), and the same for the gates f, g and o.
# Return a plain dict that `torch.nn.LSTM(D, H)` can load, and with which it computes the same states:
#
# | key | shape | holds |
# |---|---|---|
# | `weight_ih_l0` | (4H, D) | the four V, one under the other |
# | `weight_hh_l0` | (4H, H) | the four W |
# | `bias_ih_l0` | (4H,) | a bias |
# | `bias_hh_l0` | (4H,) | another bias |
#
# Torch's order of gates is i, f, g, o. The order of the names in `P` means nothing.
# Torch adds both of its biases; your LSTM has one. The check counts their sum.
# The values may be NumPy arrays or tensors.
#
# *Reread: "The LSTM cell", equation lstm-gates.*


# %% exercise="to_torch"
def to_torch(P):
    """The weights of an LSTM as the state dict of torch.nn.LSTM.

    Equation: lstm-gates
    P: dict of NumPy arrays "V_q" (H, D), "W_q" (H, H), "b_q" (H,) for each gate q of i, f, g, o.
    """
    ### BEGIN SOLUTION
    V = np.concatenate([P["V_" + gate] for gate in "ifgo"])
    W = np.concatenate([P["W_" + gate] for gate in "ifgo"])
    b = np.concatenate([P["b_" + gate] for gate in "ifgo"])
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
    ### END SOLUTION


# %% check="to_torch" points=3
check("to_torch", to_torch)

# %% [markdown]
# ## 3. And back
#
# `sd` is the state dict of a trained `torch.nn.LSTM(D, H)`, its values NumPy arrays. Return your `P`, all twelve arrays of it.
# Here both biases are in use. What must your one bias be, for the gates to see the same?
#
# *Reread: "The LSTM cell", equation lstm-gates.*


# %% exercise="from_torch"
def from_torch(sd):
    """The weights of an LSTM from the state dict of torch.nn.LSTM.

    Equation: lstm-gates
    sd: dict of NumPy arrays weight_ih_l0 (4H, D), weight_hh_l0 (4H, H), bias_ih_l0 (4H,), bias_hh_l0 (4H,).
    """
    ### BEGIN SOLUTION
    V, W = sd["weight_ih_l0"], sd["weight_hh_l0"]
    b = sd["bias_ih_l0"] + sd["bias_hh_l0"]
    H, P = W.shape[1], {}
    for k, gate in enumerate("ifgo"):
        rows = slice(k * H, k * H + H)
        P["V_" + gate], P["W_" + gate], P["b_" + gate] = V[rows], W[rows], b[rows]
    return P
    ### END SOLUTION


# %% check="from_torch" points=2
check("from_torch", from_torch)

# %% [markdown]
# ## 4. Additive attention
#
# A decoder asks with `q` (B, H), one query for each sequence. The encoder left T keys `K` (T, B, D) and T values `Vv` (T, B, M).
# `P` holds `P["W_q"]` (A, H), `P["W_k"]` (A, D) and `P["v"]` (A,), which take queries and keys into one space of size A:
#
# $$e_t = v^\top \tanh(W_q q + W_k k_t), \qquad w_t = \frac{\exp e_t}{\sum_s \exp e_s}, \qquad ctx = \sum_t w_t v_t$$
#
# where $v_t$, with an index, is a value. The sums run over the keys whose `mask` (T, B) is true.
# Return the context `ctx` (B, M) and the weights `w` (T, B).
#
# The weights of a sequence sum to 1 over its valid keys and are exactly 0 on the others, whatever finite numbers stand there.
# A sequence without a valid key gets weights and a context of zeros, not NaN.
# Scores may be in the thousands: `np.exp` alone would overflow. What may be subtracted from them first, and over which keys must it be taken?
#
# *Reread: "Attention", equations attention-additive and attention-context; there the queries and keys have been through their matrices already.*


# %% exercise="additive_attention"
def additive_attention(q, K, Vv, mask, P):
    """The context of one query for each sequence, by additive attention, and the weights.

    Equation: attention-additive, attention-context
    q: (B, H), K: (T, B, D), Vv: (T, B, M), mask: (T, B) booleans, true where a key is valid.
    P: dict of "W_q" (A, H), "W_k" (A, D), "v" (A,). All are NumPy arrays.
    """
    ### BEGIN SOLUTION
    e = np.tanh(q @ P["W_q"].T + K @ P["W_k"].T) @ P["v"]
    e = np.where(mask, e, -np.inf)
    largest = np.where(mask.any(axis=0), e.max(axis=0), 0)
    w = np.exp(e - largest)
    w = w / np.maximum(w.sum(axis=0), 1)
    return np.einsum("tb,tbm->bm", w, Vv), w
    ### END SOLUTION


# %% check="additive_attention" points=4
check("additive_attention", additive_attention)

# %% [markdown]
# ## 5. A recurrence without tanh
#
# $$h_t = a_t \odot h_{t-1} + b_t, \qquad t = 1, \dots, T$$
#
# Take the nonlinearity out of the recurrence, and what is left can be computed in any bracketing, all steps at once.
# A loop is right, and so is a clever scan. A clever scan must bear what a loop bears:
# entries of `a` that are 0 or negative, and T so large that a product of all `a` is 0 in floating point.
# Dividing by such a product is the trap.
#
# *Reread: "Linear recurrences", equation linear-recurrence.*


# %% exercise="scan_linear"
def scan_linear(a, b, h0):
    """All states of the linear recurrence.

    Equation: linear-recurrence
    a: (T, B, H), b: (T, B, H), h0: (B, H), NumPy arrays.
    """
    ### BEGIN SOLUTION
    h, hs = h0, []
    for a_t, b_t in zip(a, b):
        h = a_t * h + b_t
        hs.append(h)
    return np.stack(hs)
    ### END SOLUTION


# %% check="scan_linear" points=3
check("scan_linear", scan_linear)

# %% [markdown]
# ## 6. The minimal GRU
#
# Take the state out of a GRU's gates, and the recurrence is linear:
#
# $$z_t = \sigma(V_z x_t + b_z), \qquad n_t = V_n x_t + b_n, \qquad h_t = z_t \odot h_{t-1} + (1 - z_t) \odot n_t$$
#
# `P` holds `P["V_z"]` and `P["V_n"]`, both (H, D), and `P["b_z"]` and `P["b_n"]`, both (H,). As everywhere in this book, z keeps the old state.
# Return all states. A loop is right; a scan over all steps at once is more in the spirit of the thing.
# Inputs may be so large that `np.exp` would overflow.
#
# *Reread: "Linear recurrences", equation min-gru.*


# %% exercise="min_gru"
def min_gru(x, h0, P):
    """All states of the minimal GRU, whose gate and candidate see the input alone.

    Equation: min-gru
    x: (T, B, D), h0: (B, H). P: dict of "V_z", "V_n" (H, D) and "b_z", "b_n" (H,).
    """
    ### BEGIN SOLUTION
    z = 0.5 * (1 + np.tanh(0.5 * (x @ P["V_z"].T + P["b_z"])))
    n = x @ P["V_n"].T + P["b_n"]
    h, hs = h0, []
    for z_t, n_t in zip(z, n):
        h = z_t * h + (1 - z_t) * n_t
        hs.append(h)
    return np.stack(hs)
    ### END SOLUTION


# %% check="min_gru" points=3
check("min_gru", min_gru)
