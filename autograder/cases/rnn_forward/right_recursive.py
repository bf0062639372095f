"""Calls itself on the shorter sequence."""

def rnn_forward(x, h0, V, W, b):
    h = np.tanh(x[0] @ V.T + h0 @ W.T + b)
    if len(x) == 1:
        return h[None], None
    return np.concatenate([h[None], rnn_forward(x[1:], h, V, W, b)[0]]), None
