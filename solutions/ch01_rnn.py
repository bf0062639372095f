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
# # Assignment 1: sequences and the vanilla RNN
#
# Write each function where it says so, then run the cell below it.
# `check` tries your function on many inputs and tells you the first place where something is off.
# Your work is graded by the same checks on other numbers.
# Use NumPy alone: torch, TensorFlow, JAX and Keras cannot be imported where it is graded.
#
# Arrays are time-major: `x` is (T, B, D), states are (B, H).
# T is the number of time steps, B the batch size, D the size of an input, H the size of the state.
# V (H, D) multiplies inputs, W (H, H) multiplies states, b (H,) is the bias.

# %% given="imports"
import numpy as np

from autograder import check

# %% [markdown]
# ## 1. One step
#
# $$z_t = W h_{t-1} + V x_t + b, \qquad h_t = \tanh(z_t)$$
#
# The equations are written for column vectors; the arrays hold one row per sequence.
# In row code a product $V x_t$ is `x @ V.T`.
#
# The function also returns a cache: whatever you will want to have at hand when you walk backward, in assignment 2.
# Nobody looks into it, so anything will do here.
#
# *Reread: "One step", equation rnn-step.*


# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    """One step of the vanilla RNN.

    Equation: rnn-step
    x: (B, D) input, h: (B, H) state before the step, V: (H, D), W: (H, H), b: (H,).
    """
    ### BEGIN SOLUTION
    h_next = np.tanh(x @ V.T + h @ W.T + b)
    return h_next, (x, h, h_next, V, W)
    ### END SOLUTION


# %% check="rnn_step" points=4
check("rnn_step", rnn_step)

# %% [markdown]
# ## 2. A whole sequence
#
# $$h_t = \tanh(W h_{t-1} + V x_t + b), \qquad t = 1, \dots, T$$
#
# `hs[0]` is $h_1$, the state after the first input, and `hs[T-1]` is $h_T$. The initial state $h_0$ is not part of `hs`.
#
# *Reread: "A sequence", equation rnn-forward.*


# %% exercise="rnn_forward"
def rnn_forward(x, h0, V, W, b):
    """Run the vanilla RNN over a sequence.

    Equation: rnn-forward
    x: (T, B, D), h0: (B, H), V: (H, D), W: (H, H), b: (H,).
    """
    ### BEGIN SOLUTION
    h, hs = h0, []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        hs.append(h)
    hs = np.stack(hs)
    return hs, (x, h0, hs, V, W)
    ### END SOLUTION


# %% check="rnn_forward" points=4
check("rnn_forward", rnn_forward)

# %% [markdown]
# ## 3. Sequences of different lengths
#
# A batch holds sequences of different lengths, padded at the end to the same T.
# Sequence b has `lengths[b]` real steps (at least 1), and what stands in `x` after them means nothing.
#
# $$h_t = m_t \odot \tanh(W h_{t-1} + V x_t + b) + (1 - m_t) \odot h_{t-1}$$
#
# where $m_t$ is 1 inside a sequence and 0 in its padding.
# `h_last` holds each sequence's state after its own last real step.
# It may be that no sequence reaches T.
# The check reads `hs` at real steps only; what you leave in the padding is up to you.
#
# *Reread: "Padding and symbols", equation rnn-mask.*


# %% exercise="rnn_forward_masked"
def rnn_forward_masked(x, lengths, h0, V, W, b):
    """Run the vanilla RNN over a padded batch.

    Equation: rnn-mask
    x: (T, B, D), lengths: (B,) integers in 1..T, h0: (B, H), V: (H, D), W: (H, H), b: (H,).
    """
    ### BEGIN SOLUTION
    h, hs = h0, []
    for t, x_t in enumerate(x):
        moved = np.tanh(x_t @ V.T + h @ W.T + b)
        h = np.where((t < lengths)[:, None], moved, h)
        hs.append(h)
    return np.stack(hs), h
    ### END SOLUTION


# %% check="rnn_forward_masked" points=5
check("rnn_forward_masked", rnn_forward_masked)

# %% [markdown]
# ## 4. Symbols as vectors
#
# Each of K symbols has a vector, a row of E. A text of numbers becomes a sequence of vectors:
#
# $$x_t = E^\top e_{id_t}$$
#
# with $e_k$ the k-th one-hot vector. Multiplying by a one-hot vector picks a row, so no product is needed.
#
# *Reread: "Padding and symbols", equation embedding.*


# %% exercise="embed"
def embed(ids, E):
    """Look up the vector of each symbol.

    Equation: embedding
    ids: (T, B) integers in 0..K-1, E: (K, D).
    """
    ### BEGIN SOLUTION
    return E[ids]
    ### END SOLUTION


# %% check="embed" points=3
check("embed", embed)

# %% [markdown]
# ## 5. And back
#
# The loss reaches you as `dout`, its gradient on x. What is its gradient on E?
# A symbol may occur many times. The loss feels each occurrence. The row of a symbol that does not occur is zero.
#
# *Reread: "Padding and symbols", equation embedding-backward.*


# %% exercise="embed_backward"
def embed_backward(dout, ids, vocab):
    """The gradient of the embedding matrix.

    Equation: embedding-backward
    dout: (T, B, D), the gradient on x, ids: (T, B) integers in 0..vocab-1, vocab: the number K of symbols.
    """
    ### BEGIN SOLUTION
    dE = np.zeros((vocab, dout.shape[-1]), dout.dtype)
    np.add.at(dE, ids, dout)
    return dE
    ### END SOLUTION


# %% check="embed_backward" points=4
check("embed_backward", embed_backward)
