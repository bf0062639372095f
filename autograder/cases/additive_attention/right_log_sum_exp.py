"""By the logarithm of the sum, np.logaddexp."""

def additive_attention(q, K, Vv, mask, P):
    e = np.einsum("a,tba->tb", P["v"], np.tanh(np.einsum("ah,bh->ba", P["W_q"], q)[None] + np.einsum("ad,tbd->tba", P["W_k"], K)))
    e = np.where(mask, e, -np.inf)
    total = np.logaddexp.reduce(e, axis=0)
    with np.errstate(invalid="ignore"):
        w = np.where(mask, np.exp(e - total), 0.0)
    return (w[..., None] * Vv).sum(axis=0), w
