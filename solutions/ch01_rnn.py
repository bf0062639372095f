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

# %% given="imports"
import numpy as np

from autograder import check

# %% [markdown]
# ## One step
#
# $$h_t = \tanh(W h_{t-1} + V x_t + b)$$


# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    """One step of the vanilla RNN.

    Equation: rnn-step
    x: (B, D) input, h: (B, H) state before the step, V: (H, D), W: (H, H), b: (H,).
    Returns (h_next, cache): the state after the step, (B, H), and whatever you will want on the way back.
    """
    ### BEGIN SOLUTION
    h_next = np.tanh(x @ V.T + h @ W.T + b)
    return h_next, (x, h, h_next, V, W)
    ### END SOLUTION


# %% check="rnn_step" points=2
check("rnn_step", rnn_step)
