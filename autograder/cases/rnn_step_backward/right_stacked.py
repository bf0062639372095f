"""One product with the stacked matrix [V W], split at the end."""

def rnn_step_backward(dh_next, cache):
    x, h, h_next, V, W = cache
    D = x.shape[1]
    dz = dh_next - dh_next * h_next * h_next
    dxh, dVW = dz @ np.hstack([V, W]), dz.T @ np.hstack([x, h])
    return dxh[:, :D], dxh[:, D:], dVW[:, :D], dVW[:, D:], dz.sum(axis=0)
