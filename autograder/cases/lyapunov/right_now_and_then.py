"""Rescales only every tenth step, before anything overflows."""

def lyapunov(W, V, b, x, v):
    h = np.zeros_like(b)
    fed = x @ V.T + b
    start = np.linalg.norm(v)
    v, total, T = v.astype(float), 0.0, len(fed)
    for t in range(T):
        h = np.tanh(fed[t] + W @ h)
        v = (1 - h) * (1 + h) * (W @ v)
        if t % 10 == 9 or t == T - 1:
            n = np.linalg.norm(v)
            total, v = total + np.log(n), v / n
    return (total - np.log(start)) / T
