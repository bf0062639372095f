"""Collects all dz and multiplies once at the end."""

def tbptt(x, h0, V, W, b, dhs, k):
    T, B, D = x.shape
    a, states = x @ V.T + b, np.empty((T + 1, B, len(b)))
    states[0] = h0
    for t in range(T):
        states[t + 1] = np.tanh(a[t] + states[t] @ W.T)
    dz = np.empty((T, B, len(b)))
    for t in range(T - 1, -1, -1):
        cut = t == T - 1 or (t + 1) % k == 0
        dz[t] = (1 - states[t + 1] ** 2) * (dhs[t] if cut else dhs[t] + dz[t + 1] @ W)
    return dz.reshape(T * B, -1).T @ states[:-1].reshape(T * B, -1), states[-1]
