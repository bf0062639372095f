"""All states first, then all logits."""

def caption_nll(h0, captions, mask, Q):
    T, B = captions.shape
    read = np.vstack([np.full((1, B), len(Q["c"])), captions])[:T]
    fed = Q["Y"][read] @ Q["V"].T + Q["b"]
    hs = [h0]
    for t in range(T):
        hs.append(np.tanh(fed[t] + hs[-1] @ Q["W"].T))
    y = np.stack(hs[1:]) @ Q["U"].T + Q["c"]
    losses = np.logaddexp.reduce(y, axis=2) - np.take_along_axis(y, captions[:, :, None], 2)[:, :, 0]
    return (losses * mask).sum(axis=0)
