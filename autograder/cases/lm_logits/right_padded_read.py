"""Reads all, and moves the rows by one."""

def lm_logits(ids, P):
    K, H = P["U"].shape
    logits, _, _ = gru_logits(ids, np.zeros((ids.shape[1], H)), P)
    return np.concatenate([np.zeros_like(logits[:1]) + P["c"], logits[:-1]])
