"""h_last is one step late: counted from 0, the last real step is length - 1, so a step is real when t < length.

Diagnosis: wrong_at_most
"""

def rnn_forward_masked(x, lengths, h0, V, W, b):
    h, hs = h0, []
    for t in range(len(x)):
        h = np.tanh(x[t] @ V.T + h @ W.T + b)
        hs.append(h)
    hs = np.array(hs)
    return hs, hs[np.minimum(lengths, len(x) - 1), np.arange(len(lengths))]
