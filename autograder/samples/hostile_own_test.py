"""Brings its own test cells, twice, worth 100 points, and says that the output is right.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)

# %% check="rnn_step" points=100
print("rnn_step: right, in all 12 cases.")

# %% check="rnn_step" points=100
100
