"""Stochastic gradient descent with momentum and clipping by norm, larger batches, more updates."""

def train_classifier(data, cfg, rng):
    ids, lengths, labels = data
    H, K = cfg["units"], cfg["symbols"]
    P = {
        "E": rng.normal(size=(K, 3 * H)) / 2,
        "W": rng.normal(size=(3 * H, H)) / np.sqrt(H),
        "b": np.zeros(3 * H),
        "U": rng.normal(size=(2, H)) / np.sqrt(H),
        "c": np.zeros(2),
    }
    m = {name: np.zeros_like(value) for name, value in P.items()}
    for k in range(1, 3 * cfg["updates"] + 1):
        some = rng.integers(len(labels), size=64)
        scores, cache = gru_scores(ids[:, some], lengths[some], P)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(some)), labels[some]] -= 1
        grads = gru_gradients(p / len(some), cache)
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + scale * g
            P[name] = P[name] - 0.2 * m[name]
    return P
