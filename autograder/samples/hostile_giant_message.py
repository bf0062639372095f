"""Answers with one array of 400 MB.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    return np.zeros(50_000_000), None
