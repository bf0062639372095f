"""The chunks are counted from the end, so the short one comes first. Count from the beginning."""

def tbptt(x, h0, V, W, b, dhs, k):
    s, dW, carry = [h0], 0 * W, 0
    for x_t in x:
        s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
    for t in range(len(x) - 1, -1, -1):
        if (len(x) - 1 - t) % k == 0:
            carry = 0
        dz = (1 - s[t + 1] ** 2) * (dhs[t] + carry)
        dW, carry = dW + dz.T @ s[t], dz @ W
    return dW, s[-1]
