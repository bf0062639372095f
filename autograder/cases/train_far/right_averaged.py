"""W from reflections, clipping of its own, heavier momentum with smaller steps, and the mean weights of the last updates."""


def train_far(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    W = np.eye(H)
    for _ in range(H):
        u = rng.normal(size=H)
        W = W - 2 * np.outer(W @ u, u) / (u @ u)
    P = {"V": 0.1 * rng.normal(size=(H, K)), "W": W, "b": np.zeros(H), "U": np.zeros((K, H)), "c": np.zeros(K)}
    speed, kept, last = {name: 0.0 for name in P}, {name: 0.0 for name in P}, 50
    for k in range(cfg["updates"]):
        _, grads = loss_and_gradients(ids[:, rng.integers(ids.shape[1], size=B)], P)
        factor = min(1.0, cfg["thr"] / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            speed[name] = 0.95 * speed[name] + 0.05 * factor * g
            P[name] = P[name] - 10 * cfg["rate"] * speed[name]
            kept[name] = kept[name] + P[name] / last * (k >= cfg["updates"] - last)
    return kept
