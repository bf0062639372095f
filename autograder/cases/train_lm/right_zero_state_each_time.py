"""The state starts at zero in every batch, and the batches are random pieces."""

def train_lm(ids, cfg, rng):
    K, H, T, B = (cfg[name] for name in ("symbols", "units", "steps", "streams"))
    P = {
        "E": rng.normal(size=(K, 3 * H)) / 2,
        "W": rng.normal(size=(3 * H, H)) / np.sqrt(H),
        "b": np.zeros(3 * H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        starts = rng.integers(len(ids) - T - 1, size=B)
        where = starts + np.arange(T + 1)[:, None]
        x, y = ids[where[:-1]], ids[where[1:]]
        logits, _, cache = gru_logits(x, np.zeros((B, H)), P)
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        grads = gru_gradients((p - np.eye(K)[y]) / y.size, cache)
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * scale * g
            v[name] = 0.999 * v[name] + 0.001 * (scale * g) ** 2
            P[name] = P[name] - cfg["lr"] * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
    return P
