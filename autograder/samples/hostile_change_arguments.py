"""Sets the weights to zero in place, so that every answer would be right.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    for array in (x, h, V, W, b):
        array.flags.writeable = True
        array[...] = 0
    return np.zeros(h.shape), None
