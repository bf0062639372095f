"""Plain steps, ten times as large, the sentences in order."""


def train_tagger(data, cfg, rng, watch=None):
    ids, lengths, tags = data
    M, K, D, H, B = (cfg[name] for name in ("words", "tags", "embedding", "units", "sentences"))
    P = {"E": rng.normal(size=(M, D)), "U": rng.normal(size=(K, 2 * H)) / np.sqrt(2 * H), "c": np.zeros(K)}
    for end in "fb":
        P |= {"V_" + end: rng.normal(size=(H, D)) / np.sqrt(D), "W_" + end: 0.5 * rng.normal(size=(H, H)) / np.sqrt(H)}
        P["b_" + end] = np.zeros(H)
    for k in range(cfg["updates"]):
        some = (B * k + np.arange(B)) % len(lengths)
        x, n, y = ids[:, some], lengths[some], tags[:, some]
        mask = np.broadcast_to(np.arange(len(x))[:, None], x.shape) < n
        _, count, d = masked_token_loss(tag_scores(x, n, P), y, mask)
        P = {name: P[name] - 10 * cfg["rate"] * g / count for name, g in tag_gradients(d, x, n, P).items()}
    return P
