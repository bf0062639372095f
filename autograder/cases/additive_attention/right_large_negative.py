"""A large negative number for masked scores, and the mask once more behind the softmax."""

def additive_attention(q, K, Vv, mask, P):
    e = np.tanh(q @ P["W_q"].T + K @ P["W_k"].T) @ P["v"]
    e = np.where(mask, e, np.finfo(e.dtype).min)
    w = np.exp(e - e.max(axis=0, keepdims=True)) * mask
    w /= np.where(mask.any(axis=0), w.sum(axis=0), 1)
    return np.einsum("tb,tbm->bm", w, Vv), w
