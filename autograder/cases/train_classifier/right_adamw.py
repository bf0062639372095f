"""AdamW, with shuffled epochs."""


def train_classifier(data, cfg, rng, watch=None):
    ids, lengths, labels = data
    H, K = cfg["units"], cfg["symbols"]
    P = {f"V_{g}": rng.normal(size=(H, K)) / 2 for g in "rzn"}
    P |= {f"W_{g}": rng.normal(size=(H, H)) / np.sqrt(H) for g in "rzn"}
    P |= {name: np.zeros(H) for name in ("b_r", "b_z", "b_in", "b_hn")}
    P |= {"U": rng.normal(size=(2, H)) / np.sqrt(H), "c": np.zeros(2)}
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    left = []
    for k in range(1, cfg["updates"] + 1):
        if len(left) < cfg["batch"]:
            left = rng.permutation(len(labels))
        some, left = np.split(left, [cfg["batch"]])
        hs, cache = gru_forward(np.eye(K)[ids[:, some]], np.zeros((len(some), H)), P)
        last = last_valid(hs, lengths[some])
        scores = last @ P["U"].T + P["c"]
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(some)), labels[some]] -= 1
        ds = p / len(some)
        grads = gru_backward(last_valid_backward(ds @ P["U"], lengths[some], len(hs)), cache)[2]
        grads |= {"U": ds.T @ last, "c": ds.sum(axis=0)}
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g * g
            step = (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
            P[name] = (1 - 1e-4) * P[name] - cfg["lr"] * step
    return P
