"""RMSprop with uniform weights at the start, in float32."""


def train_classifier(data, cfg, rng, watch=None):
    ids, lengths, labels = data
    H, K = cfg["units"], cfg["symbols"]
    P = {f"V_{g}": rng.uniform(-0.8, 0.8, size=(H, K)) for g in "rzn"}
    P |= {f"W_{g}": rng.normal(size=(H, H)) / np.sqrt(H) for g in "rzn"}
    P |= {name: np.zeros(H) for name in ("b_r", "b_z", "b_in", "b_hn")}
    P |= {"U": rng.normal(size=(2, H)) / np.sqrt(H), "c": np.zeros(2)}
    P = {name: value.astype(np.float32) for name, value in P.items()}
    v = {name: np.zeros_like(value) for name, value in P.items()}
    for k in range(cfg["updates"]):
        some = rng.integers(len(labels), size=cfg["batch"])
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
            g = g.astype(np.float32)
            v[name] = 0.95 * v[name] + 0.05 * g * g
            P[name] = P[name] - (0.4 - 0.35 * k / cfg["updates"]) * cfg["lr"] * g / (np.sqrt(v[name]) + 1e-4)
    return P
