"""Momentum, clipped, with larger minibatches and a rate that falls; the mean is over sentences times steps."""


def train_tagger(data, cfg, rng, watch=None):
    ids, lengths, tags = data
    M, K, D, H, B = (cfg[name] for name in ("words", "tags", "embedding", "units", "sentences"))
    P = {"E": rng.normal(size=(M, D)), "U": rng.normal(size=(K, 2 * H)) / np.sqrt(2 * H), "c": np.zeros(K)}
    for end in "fb":
        P |= {"V_" + end: rng.normal(size=(H, D)) / np.sqrt(D), "W_" + end: 0.5 * rng.normal(size=(H, H)) / np.sqrt(H)}
        P["b_" + end] = np.zeros(H)
    B = 2 * B
    speed = dict.fromkeys(P, 0.0)
    for k in range(cfg["updates"]):
        some = rng.permutation(len(lengths))[:B]
        x, n, y = ids[:, some], lengths[some], tags[:, some]
        d = masked_token_loss(tag_scores(x, n, P), y, np.arange(len(x))[:, None] < n)[2]
        grads = tag_gradients(d / x.size, x, n, P)
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            speed[name] = 0.9 * speed[name] + scale * g
            P[name] = P[name] - 2 * (1 - 0.9 * k / cfg["updates"]) * cfg["rate"] * speed[name]
    return P
