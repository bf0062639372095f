"""RMSprop with uniform weights at the start, in float32."""

def train_classifier(data, cfg, rng):
    ids, lengths, labels = data
    H, K = cfg["units"], cfg["symbols"]
    P = {
        "E": rng.uniform(-0.8, 0.8, size=(K, 3 * H)),
        "W": rng.normal(size=(3 * H, H)) / np.sqrt(H),
        "b": np.zeros(3 * H),
        "U": rng.normal(size=(2, H)) / np.sqrt(H),
        "c": np.zeros(2),
    }
    P = {name: value.astype(np.float32) for name, value in P.items()}
    v = {name: np.zeros_like(value) for name, value in P.items()}
    for k in range(1, cfg["updates"] + 1):
        some = rng.integers(len(labels), size=cfg["batch"])
        scores, cache = gru_scores(ids[:, some], lengths[some], P)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(some)), labels[some]] -= 1
        for name, g in gru_gradients(p / len(some), cache).items():
            v[name] = 0.95 * v[name] + 0.05 * g * g
            P[name] = P[name] - 0.3 * cfg["lr"] * g / (np.sqrt(v[name]) + 1e-4)
    return P
