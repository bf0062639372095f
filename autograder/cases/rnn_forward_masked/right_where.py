"""np.where on the state, with the lengths as a column."""

def rnn_forward_masked(x, lengths, h0, V, W, b):
    column, h = np.reshape(lengths, (-1, 1)), h0
    hs = np.empty((x.shape[0],) + h0.shape)
    for t, x_t in enumerate(x):
        h = np.where(t < column, np.tanh(x_t @ V.T + h @ W.T + b), h)
        hs[t] = h
    return hs, h
