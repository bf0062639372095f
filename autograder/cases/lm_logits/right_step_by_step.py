"""One symbol at a time, the state carried along."""

def lm_logits(ids, P):
    h = np.zeros((ids.shape[1], P["W"].shape[1]))
    out = np.empty((*ids.shape, len(P["c"])))
    for t in range(len(ids)):
        out[t] = h @ P["U"].T + P["c"]
        _, h, _ = gru_logits(ids[t : t + 1], h, P)
    return out
