"""Sequence by sequence, valid keys only."""

def additive_attention(q, K, Vv, mask, P):
    T, B = mask.shape
    ctx, w = np.zeros((B, Vv.shape[2])), np.zeros((T, B))
    for n in range(B):
        valid = [t for t in range(T) if mask[t, n]]
        if not valid:
            continue
        e = np.array([P["v"] @ np.tanh(P["W_q"] @ q[n] + P["W_k"] @ K[t, n]) for t in valid])
        e = np.exp(e - e.max())
        for t, p in zip(valid, e / e.sum()):
            w[t, n] = p
            ctx[n] += p * Vv[t, n]
    return ctx, w
