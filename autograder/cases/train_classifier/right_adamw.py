"""AdamW, with shuffled epochs."""

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
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        if k == 1 or len(left) < cfg["batch"]:
            left = rng.permutation(len(labels))
        some, left = np.split(left, [cfg["batch"]])
        scores, cache = gru_scores(ids[:, some], lengths[some], P)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(some)), labels[some]] -= 1
        for name, g in gru_gradients(p / len(some), cache).items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g * g
            P[name] = (1 - 1e-4) * P[name] - cfg["lr"] * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
    return P
