"""Each sequence alone, in a loop; padding left as NaN."""

def rnn_forward_masked(x, lengths, h0, V, W, b):
    T, B, _ = x.shape
    hs, last = np.full((T, B, len(b)), np.nan), np.zeros((B, len(b)))
    for n in range(B):
        h = h0[n]
        for t in range(int(lengths[n])):
            h = np.tanh(V @ x[t, n] + W @ h + b)
            hs[t, n] = h
        last[n] = h
    return hs, last
