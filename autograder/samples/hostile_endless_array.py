"""Returns an array with 5e11 rows of nothing, which take hours to walk through.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    return np.empty((2**39, 0))
