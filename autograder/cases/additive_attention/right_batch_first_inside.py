"""Batch first inside, one stacked product of query and key, batched matrix product for the context."""

def additive_attention(q, K, Vv, mask, P):
    T, B = mask.shape
    both = np.concatenate([np.broadcast_to(q[:, None], (B, T, q.shape[1])), K.transpose(1, 0, 2)], axis=2)
    scores = np.tanh(both @ np.concatenate([P["W_q"], P["W_k"]], axis=1).T).dot(P["v"])
    m = mask.T
    low = np.min(scores)
    scores = np.exp(scores - np.max(np.where(m, scores, low), axis=1, keepdims=True), where=m, out=np.zeros_like(scores))
    total = scores.sum(axis=1, keepdims=True)
    w = np.divide(scores, total, out=np.zeros_like(scores), where=total > 0)
    return (w[:, None, :] @ Vv.transpose(1, 0, 2))[:, 0], w.T
