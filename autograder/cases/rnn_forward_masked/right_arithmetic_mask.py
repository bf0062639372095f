"""A mask of zeros and ones, multiplied in; padding of hs set to zero."""

def rnn_forward_masked(x, lengths, h0, V, W, b):
    m = (np.arange(len(x))[:, None] < lengths[None, :]).astype(float)[..., None]
    h, hs = h0, []
    for t in range(len(x)):
        h = m[t] * np.tanh(x[t] @ V.T + h @ W.T + b) + (1 - m[t]) * h
        hs.append(h * m[t])
    return np.stack(hs), h
