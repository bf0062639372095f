"""Plain steps, larger and twice as many."""


def train_gated(ids, cfg, rng, watch=None):
    K, N = cfg["symbols"], cfg["strings"]
    P = start(cfg["cell"], K, cfg["units"], rng)
    for k in range(2 * cfg["updates"]):
        drawn = ids[:, rng.integers(ids.shape[1], size=N)]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, cache = states(cfg["cell"], x, P)
        p = np.exp(hs @ P["U"].T + P["c"])
        dy = (p / p.sum(axis=-1, keepdims=True) - y) / (N * len(y))
        grads = gradients(cfg["cell"], dy @ P["U"], cache)
        grads["U"], grads["c"] = np.einsum("tbk,tbh->kh", dy, hs), dy.sum(axis=(0, 1))
        P = {name: value - 6 * cfg["rate"] * grads[name] for name, value in P.items()}
    return P
