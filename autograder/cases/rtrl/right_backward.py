"""Backpropagation, which gives the same number; the exercise asks for the number."""

def rtrl(x, h0, V, W, b, dhs):
    hs = [h0]
    for x_t in x:
        hs.append(np.tanh(x_t @ V.T + hs[-1] @ W.T + b))
    dW, carry = np.zeros_like(W), 0
    for t in range(len(x), 0, -1):
        dz = (1 - hs[t] ** 2) * (dhs[t - 1] + carry)
        dW += dz.T @ hs[t - 1]
        carry = dz @ W
    return dW
