"""Ends the process in the middle of a test, hoping that no answer counts as a right one.

Earns: 0
"""

# %%
import os

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    os._exit(0)
