"""An honest, wrong answer: W is not transposed.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
