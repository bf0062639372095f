"""Nothing is truncated: the gradient crosses the cuts.

Diagnosis: wrong_not_truncated
"""

def tbptt(x, h0, V, W, b, dhs, k):
    B, H = h0.shape
    h, G, dW = h0, np.zeros((B, H, H, H)), np.zeros((H, H))
    for x_t, dh in zip(x, dhs):
        new = np.tanh(x_t @ V.T + h @ W.T + b)
        s = 1 - new**2
        G = np.einsum("bi,ij,bjpq->bipq", s, W, G) + np.einsum("bi,ip,bq->bipq", s, np.eye(H), h)
        dW, h = dW + np.einsum("bi,bipq->pq", dh, G), new
    return dW, h
