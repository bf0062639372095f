"""Adam."""


def train_gated(ids, cfg, rng, watch=None):
    K, N = cfg["symbols"], cfg["strings"]
    P = start(cfg["cell"], K, cfg["units"], rng)
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        drawn = ids[:, rng.integers(ids.shape[1], size=N)]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, cache = states(cfg["cell"], x, P)
        p = np.exp(hs @ P["U"].T + P["c"])
        p /= p.sum(axis=-1, keepdims=True)
        dy = (p - y) / (N * len(y))
        grads = gradients(cfg["cell"], dy @ P["U"], cache)
        grads["U"], grads["c"] = np.tensordot(dy, hs, ((0, 1), (0, 1))), dy.sum(axis=(0, 1))
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.99 * v[name] + 0.01 * g**2
            P[name] = P[name] - 0.02 * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.99**k)) + 1e-8)
    return P
