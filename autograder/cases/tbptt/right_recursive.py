"""The first chunk, then itself on the rest."""

def tbptt(x, h0, V, W, b, dhs, k):
    if len(x) == 0:
        return np.zeros_like(W), h0
    s, dW, carry = [h0], np.zeros_like(W), 0
    for x_t in x[:k]:
        s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
    for t in reversed(range(len(s) - 1)):
        dz = (1 - s[t + 1] ** 2) * (dhs[t] + carry)
        dW = dW + dz.T @ s[t]
        carry = dz @ W
    rest, last = tbptt(x[k:], s[-1], V, W, b, dhs[k:], k)
    return dW + rest, last
