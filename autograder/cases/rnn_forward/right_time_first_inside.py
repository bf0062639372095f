"""Works batch by batch inside, with plain vectors."""

def rnn_forward(x, h0, V, W, b):
    T, B, D = x.shape
    hs = np.zeros((B, T, len(b)))
    for n in range(B):
        h = h0[n]
        for t in range(T):
            h = np.tanh(V @ x[t, n] + W @ h + b)
            hs[n, t] = h
    return hs.transpose(1, 0, 2), None
