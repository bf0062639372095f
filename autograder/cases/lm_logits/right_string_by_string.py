"""One string at a time."""

def lm_logits(ids, P):
    rows = []
    for string in ids.T:
        logits, _, _ = gru_logits(string[:-1, None], np.zeros((1, P["W"].shape[1])), P)
        rows.append(np.vstack([P["c"][None], logits[:, 0]]))
    return np.stack(rows, axis=1)
