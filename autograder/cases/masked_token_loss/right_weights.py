"""The mask as weights of numbers."""

def masked_token_loss(scores, tags, mask):
    w = mask.astype(float)[:, :, None]
    e = np.exp(scores - np.max(scores, axis=2)[:, :, None])
    p = e / np.sum(e, axis=2)[:, :, None]
    K = scores.shape[2]
    hot = (np.arange(K) == tags[:, :, None]).astype(float)
    logs = scores - np.max(scores, axis=2)[:, :, None] - np.log(np.sum(e, axis=2))[:, :, None]
    return -np.sum(w * hot * logs), int(np.sum(w)), w * (p - hot)
