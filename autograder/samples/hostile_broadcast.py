"""Returns a long column, which becomes terabytes beside a row.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    return np.zeros((500_000, 1)), None
