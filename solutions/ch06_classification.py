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
# # Assignment 6: many to one
#
# You make a padded batch of sequences and one vector of each sequence's states, in a way that no padding can spoil.
#
# Sizes: T steps, B sequences, D inputs, H units. Time comes first. `lengths` is (B,), integers of at least 1. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check


# %% given="lstm_forward"
def lstm_forward(x, P):
    """The outputs h_1 ... h_T of an LSTM from zero states. x: (T, B, D), P: V_i (H, D), W_i (H, H), b_i (H,), and so on."""
    h = C = np.zeros((x.shape[1], len(P["b_i"])))
    hs = []
    for x_t in x:
        a = {q: x_t @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
        i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
        C = f * C + i * np.tanh(a["g"])
        h = o * np.tanh(C)
        hs.append(h)
    return np.stack(hs)


# %% [markdown]
# ## 1. A padded batch
#
# Sequences of integers, each (n,) with n of its own, become one array (T, B): T is the longest length, sequence b stands in column b from the top, and `pad` fills the rest.
#
# *Reread: "From states to one vector", equation last-valid.*


# %% exercise="pad_batch"
def pad_batch(seqs, pad):
    """One array for sequences of different lengths.

    Equation: last-valid
    seqs: a list of B arrays of integers, each at least 1 long. pad: an integer.
    Returns (ids, lengths): (T, B) and (B,), both of integers.
    """
    ### BEGIN SOLUTION
    lengths = np.array([len(seq) for seq in seqs])
    ids = np.full((lengths.max(), len(seqs)), pad)
    for b, seq in enumerate(seqs):
        ids[: len(seq), b] = seq
    return ids, lengths
    ### END SOLUTION


# %% check="pad_batch" points=3
check("pad_batch", pad_batch)

# %% [markdown]
# ## 2. The last valid state
#
# $$\bar h = h_n$$
#
# *Reread: "From states to one vector", equation last-valid.*


# %% exercise="last_valid"
def last_valid(hs, lengths):
    """The state after the last real step of each sequence.

    Equation: last-valid
    hs: (T, B, H), lengths: (B,). Returns (B, H).
    """
    ### BEGIN SOLUTION
    return hs[lengths - 1, np.arange(len(lengths))]
    ### END SOLUTION


# %% check="last_valid" points=3
check("last_valid", last_valid)

# %% [markdown]
# ## 3. And its gradient
#
# $$dh_t = \begin{cases} d\bar h & t = n \\ 0 & \text{else} \end{cases}$$
#
# *Reread: "From states to one vector", equation last-valid.*


# %% exercise="last_valid_backward"
def last_valid_backward(dout, lengths, T):
    """The gradient on all states, from that on the last valid ones.

    Equation: last-valid
    dout: (B, H), lengths: (B,), T: steps of the batch, at least the longest length. Returns (T, B, H).
    """
    ### BEGIN SOLUTION
    B, H = dout.shape
    dhs = np.zeros((T, B, H))
    dhs[lengths - 1, np.arange(B)] = dout
    return dhs
    ### END SOLUTION


# %% check="last_valid_backward" points=3
check("last_valid_backward", last_valid_backward)

# %% [markdown]
# ## 4. The mean over valid steps
#
# $$\bar h = \frac1n \sum_{t=1}^{n} h_t$$
#
# What stands in the padding must not matter, even if it is infinite or NaN.
#
# *Reread: "From states to one vector", equation pool-mean.*


# %% exercise="masked_mean"
def masked_mean(hs, lengths):
    """The mean of each sequence's own states.

    Equation: pool-mean
    hs: (T, B, H), lengths: (B,). Returns (B, H).
    """
    ### BEGIN SOLUTION
    valid = np.arange(len(hs))[:, None] < lengths
    return np.where(valid[:, :, None], hs, 0).sum(axis=0) / lengths[:, None]
    ### END SOLUTION


# %% check="masked_mean" points=4
check("masked_mean", masked_mean)

# %% [markdown]
# ## 5. Both directions
#
# $$\bar h = \left[\overrightarrow{h}_n ; \overleftarrow{h}_1\right]$$
#
# The forward LSTM has the weights `P_f`, the backward one `P_b`. The backward one reads each sequence from its own end.
# `lstm_forward(x, P)` is given above.
#
# *Reread: "Both directions", equation bidirectional-encoding.*


# %% exercise="bilstm_encode"
def bilstm_encode(x, lengths, P_f, P_b):
    """The two states that have read everything, side by side.

    Equation: bidirectional-encoding
    x: (T, B, D), lengths: (B,), P_f, P_b: weights as for lstm_forward. Returns (B, 2H), forward first.
    """
    ### BEGIN SOLUTION
    T, B, _ = x.shape
    columns = np.arange(B)
    steps = np.arange(T)[:, None]
    turned = x[np.where(steps < lengths, lengths - 1 - steps, steps), columns]
    forward, backward = lstm_forward(x, P_f), lstm_forward(turned, P_b)
    return np.concatenate([forward[lengths - 1, columns], backward[lengths - 1, columns]], axis=1)
    ### END SOLUTION


# %% check="bilstm_encode" points=7
check("bilstm_encode", bilstm_encode)
