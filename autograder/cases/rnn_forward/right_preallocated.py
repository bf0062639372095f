"""Fills an array made beforehand; index -1 is not used for h0."""

def rnn_forward(x, h0, V, W, b):
    T, B, _ = x.shape
    hs = np.empty((T + 1, B, len(b)), dtype=np.result_type(x, h0, V))
    hs[0] = h0
    for t in range(T):
        hs[t + 1] = np.tanh(x[t] @ V.T + hs[t] @ W.T + b)
    return hs[1:], hs
