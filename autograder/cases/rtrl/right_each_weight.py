"""One weight at a time: the tangent of the state along that weight."""

def rtrl(x, h0, V, W, b, dhs):
    H = len(W)
    dW = np.zeros((H, H))
    for p in range(H):
        for q in range(H):
            h, tangent = h0, np.zeros_like(h0)
            for t in range(len(x)):
                new = np.tanh(x[t] @ V.T + h @ W.T + b)
                dz = tangent @ W.T
                dz[:, p] += h[:, q]
                tangent = (1 - new**2) * dz
                dW[p, q] += np.sum(dhs[t] * tangent)
                h = new
    return dW
