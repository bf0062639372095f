"""Row after row, with outer products."""

def rnn_step_backward(dh_next, cache):
    x, h, h_next, V, W = cache
    dx, dh, dV, dW, db = np.zeros_like(x), np.zeros_like(h), np.zeros_like(V), np.zeros_like(W), np.zeros(len(W))
    for n in range(len(x)):
        dz = (1 - h_next[n] ** 2) * dh_next[n]
        dx[n], dh[n] = V.T @ dz, W.T @ dz
        dV += np.outer(dz, x[n])
        dW += np.outer(dz, h[n])
        db += dz
    return dx, dh, dV, dW, db
