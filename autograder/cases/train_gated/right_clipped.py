"""Clipped steps with momentum, a rate that falls, larger batches."""


def train_gated(ids, cfg, rng, watch=None):
    K, N = cfg["symbols"], 2 * cfg["strings"]
    P = start(cfg["cell"], K, cfg["units"], rng)
    speed = dict.fromkeys(P, 0.0)
    for k in range(cfg["updates"]):
        drawn = ids[:, rng.integers(ids.shape[1], size=N)]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, cache = states(cfg["cell"], x, P)
        p = np.exp(hs @ P["U"].T + P["c"])
        dy = (p / p.sum(axis=-1, keepdims=True) - y) / (N * len(y))
        grads = gradients(cfg["cell"], dy @ P["U"], cache)
        grads |= {"U": np.einsum("tbk,tbh->kh", dy, hs), "c": dy.sum(axis=(0, 1))}
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name in P:
            speed[name] = 0.9 * speed[name] + scale * grads[name]
            P[name] = P[name] - (1 - 0.8 * k / cfg["updates"]) * 0.7 * speed[name]
    return P
