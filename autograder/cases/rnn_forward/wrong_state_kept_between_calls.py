"""The state of one call leaks into the next. Every call starts from its own h0.

Diagnosis: remembers-calls
"""

_last = {}

def rnn_forward(x, h0, V, W, b):
    h, hs = _last.get(h0.shape, h0), []
    for t in range(len(x)):
        h = np.tanh(x[t] @ V.T + h @ W.T + b)
        hs.append(h)
    _last[h0.shape] = h
    return np.array(hs), None
