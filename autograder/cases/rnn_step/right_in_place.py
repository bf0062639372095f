"""Accumulates into one buffer of its own, with tanh in place."""

def rnn_step(x, h, V, W, b):
    z = x.dot(V.T)
    z += h.dot(W.T)
    z += b
    np.tanh(z, out=z)
    return z, (x, h, z)
