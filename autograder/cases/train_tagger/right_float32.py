"""In float32, sentence lengths sorted, the batches cut to their longest sentence."""


def train_tagger(data, cfg, rng, watch=None):
    ids, lengths, tags = data
    M, K, D, H, B = (cfg[name] for name in ("words", "tags", "embedding", "units", "sentences"))
    P = {"E": rng.normal(size=(M, D)), "U": rng.normal(size=(K, 2 * H)) / np.sqrt(2 * H), "c": np.zeros(K)}
    for end in "fb":
        P |= {"V_" + end: rng.normal(size=(H, D)) / np.sqrt(D), "W_" + end: 0.5 * rng.normal(size=(H, H)) / np.sqrt(H)}
        P["b_" + end] = np.zeros(H)
    P = {name: value.astype(np.float32) for name, value in P.items()}
    speed = {name: np.zeros_like(value) for name, value in P.items()}
    order = np.argsort(lengths, kind="stable")
    for _ in range(cfg["updates"]):
        some = np.sort(rng.integers(len(order), size=B))
        some = order[some]
        longest = lengths[some].max()
        x, n, y = ids[:longest, some], lengths[some], tags[:longest, some]
        _, count, d = masked_token_loss(tag_scores(x, n, P), y, np.arange(longest)[:, None] < n)
        for name, g in tag_gradients((d / count).astype(np.float32), x, n, P).items():
            speed[name] = 0.9 * speed[name] + g
            P[name] = P[name] - np.float32(cfg["rate"]) * (g + 0.9 * speed[name]).astype(np.float32)
    return P
