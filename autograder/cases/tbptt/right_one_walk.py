"""One forward pass, one walk back with the carry set to zero at the cuts."""

def tbptt(x, h0, V, W, b, dhs, k):
    s, dW, carry = [h0], np.zeros(W.shape), np.zeros(h0.shape)
    for x_t in x:
        s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
    for t in reversed(range(len(x))):
        if (t + 1) % k == 0:
            carry = np.zeros(h0.shape)
        dz = (1 - s[t + 1] ** 2) * (dhs[t] + carry)
        dW += dz.T @ s[t]
        carry = dz @ W
    return dW, s[-1]
