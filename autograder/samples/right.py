"""An honest, right answer.

Earns: all
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W.T + b)
    return h_next, (x, h, h_next)
