"""The double loop of the formula, word for word, one row of the batch at a time."""

def influence_sum(cache, t):
    x, h0, hs, V, W = cache
    H = len(W)
    out = []
    for n in range(len(h0)):
        s = [h0[n]] + [h[n] for h in hs]
        J = {k: np.diag(1 - s[k] ** 2) @ W for k in range(1, t + 1)}
        total = np.zeros((H, H * H))
        for j in range(t):
            product = np.eye(H)
            for k in range(t, t - j, -1):
                product = product @ J[k]
            total += product @ np.diag(1 - s[t - j] ** 2) @ np.kron(np.eye(H), s[t - j - 1][None])
        out.append(total.reshape(H, H, H))
    return np.array(out)
