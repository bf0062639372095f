"""Sorts by length, lets finished sequences leave the batch, and puts the order back."""

def rnn_forward_masked(x, lengths, h0, V, W, b):
    order = np.argsort(-lengths)
    xs, h = x[:, order], h0[order].copy()
    hs = np.zeros((len(x), *h0.shape))
    for t in range(len(x)):
        n = int((lengths > t).sum())
        h[:n] = np.tanh(xs[t, :n] @ V.T + h[:n] @ W.T + b)
        hs[t] = h
    back = np.argsort(order)
    return hs[:, back], h[back]
