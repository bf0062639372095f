"""Each step looks back k steps of its own. That is another truncation; here the chunks are fixed and lie end to end."""

def tbptt(x, h0, V, W, b, dhs, k):
    s, dW = [h0], 0 * W
    for x_t in x:
        s.append(np.tanh(x_t @ V.T + s[-1] @ W.T + b))
    for t in range(len(x)):
        g = dhs[t]
        for m in range(t, max(t - k, -1), -1):
            dz = (1 - s[m + 1] ** 2) * g
            dW, g = dW + dz.T @ s[m], dz @ W
    return dW, s[-1]
