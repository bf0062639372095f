"""Recomputes the state from the arguments instead of keeping it."""

def rnn_step(x, h, V, W, b):
    return np.tanh(x @ V.T + h @ W.T + b), {"args": (x, h, V, W, b)}


def rnn_step_backward(dh_next, cache):
    x, h, V, W, b = cache["args"]
    z = x @ V.T + h @ W.T + b
    dz = dh_next / np.cosh(z) ** 2
    return dz @ V, dz @ W, dz.T @ x, dz.T @ h, dz.sum(0)
