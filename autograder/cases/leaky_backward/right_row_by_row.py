"""One sequence at a time, with outer products."""


def leaky_backward(dhs, cache):
    x, h0, hs, ns, V, W, a = cache
    dx, dh0 = np.zeros_like(x), np.zeros_like(h0)
    dV, dW, db, da = np.zeros_like(V), np.zeros_like(W), np.zeros_like(a), np.zeros_like(a)
    for row in range(len(h0)):
        back = np.zeros(len(a))
        for t in reversed(range(len(x))):
            old = hs[t - 1, row] if t > 0 else h0[row]
            dh = dhs[t, row] + back
            dn = a * dh
            dz = dn * (1 - ns[t, row] ** 2)
            dx[t, row] = V.T @ dz
            dV += np.outer(dz, x[t, row])
            dW += np.outer(dz, old)
            db += dz
            da += dh * (ns[t, row] - old)
            back = W.T @ dz + (1 - a) * dh
        dh0[row] = back
    return dx, dh0, dV, dW, db, da
