"""A loop that adds."""

def embed_backward(dout, ids, vocab):
    dE = np.zeros((vocab, dout.shape[-1]))
    for t in range(ids.shape[0]):
        for n in range(ids.shape[1]):
            dE[ids[t, n]] += dout[t, n]
    return dE
