"""In float32, with longer pieces and a rate that falls."""

def train_lm(ids, cfg, rng):
    K, H, T, B = (cfg[name] for name in ("symbols", "units", "steps", "streams"))
    P = {
        "E": rng.normal(size=(K, 3 * H)) / 2,
        "W": rng.normal(size=(3 * H, H)) / np.sqrt(H),
        "b": np.zeros(3 * H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    P = {name: value.astype(np.float32) for name, value in P.items()}
    T = 32
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        if k == 1 or at + T >= width:
            width, at, h = (len(ids) - 1) // B, 0, np.zeros((B, H))
            start = rng.integers(len(ids) - 1 - B * width + 1)
            inputs = ids[start : start + B * width].reshape(B, width).T
            targets = ids[start + 1 : start + B * width + 1].reshape(B, width).T
        x, y = inputs[at : at + T], targets[at : at + T]
        at += T
        logits, h, cache = gru_logits(x, h, P)
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        grads = gru_gradients((p - np.eye(K)[y]) / y.size, cache)
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * scale * g
            v[name] = 0.999 * v[name] + 0.001 * (scale * g) ** 2
            P[name] = P[name] - (1.5 - k / cfg["updates"]) * cfg["lr"] * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
    return P
