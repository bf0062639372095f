"""Raises SystemExit out of its function.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    raise SystemExit(0)
