"""Adam."""


def train_tagger(data, cfg, rng, watch=None):
    ids, lengths, tags = data
    M, K, D, H, B = (cfg[name] for name in ("words", "tags", "embedding", "units", "sentences"))
    P = {"E": rng.normal(size=(M, D)), "U": rng.normal(size=(K, 2 * H)) / np.sqrt(2 * H), "c": np.zeros(K)}
    for end in "fb":
        P |= {"V_" + end: rng.normal(size=(H, D)) / np.sqrt(D), "W_" + end: 0.5 * rng.normal(size=(H, H)) / np.sqrt(H)}
        P["b_" + end] = np.zeros(H)
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        some = rng.integers(len(lengths), size=B)
        x, n, y = ids[:, some], lengths[some], tags[:, some]
        _, count, d = masked_token_loss(tag_scores(x, n, P), y, np.arange(len(x))[:, None] < n)
        for name, g in tag_gradients(d / count, x, n, P).items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.99 * v[name] + 0.01 * g**2
            P[name] = P[name] - 0.01 * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.99**k)) + 1e-8)
    return P
