"""Plain loops over rows and units."""

def rnn_step(x, h, V, W, b):
    B, H = h.shape
    out = np.zeros((B, H))
    for n in range(B):
        for i in range(H):
            z = b[i]
            for j in range(x.shape[1]):
                z += V[i, j] * x[n, j]
            for j in range(H):
                z += W[i, j] * h[n, j]
            out[n, i] = np.tanh(z)
    return out, None
