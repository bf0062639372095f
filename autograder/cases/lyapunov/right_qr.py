"""By the QR decomposition of a frame of one column."""

def lyapunov(W, V, b, x, v):
    h, rates = np.zeros(W.shape[0]), []
    Q = (v / np.sqrt(v @ v))[:, None]
    for k in range(len(x)):
        h = np.tanh(W @ h + V @ x[k] + b)
        Q, R = np.linalg.qr(np.diag(1 - h * h) @ W @ Q)
        rates.append(np.log(abs(R[0, 0])))
    return np.mean(rates)
