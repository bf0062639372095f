"""Writes the direct part onto the diagonal with an index."""

def rtrl(x, h0, V, W, b, dhs):
    B, H = h0.shape
    h, G, dW, i = h0, np.zeros((B, H, H, H)), np.zeros((H, H)), np.arange(H)
    for t in range(x.shape[0]):
        new = np.tanh(np.hstack([x[t], h]) @ np.hstack([V, W]).T + b)
        G = np.tensordot(W, G, (1, 1)).transpose(1, 0, 2, 3)
        G[:, i, i, :] += h[:, None, :]
        G *= (1 - new**2)[:, :, None, None]
        dW += (dhs[t][:, :, None, None] * G).sum(axis=(0, 1))
        h = new
    return dW
