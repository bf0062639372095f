"""Larger minibatches and a rate that falls; W by a singular value decomposition of its own."""


def train_far(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    u, _, vt = np.linalg.svd(rng.normal(size=(H, H)))
    P = {
        "V": rng.uniform(-0.17, 0.17, size=(H, K)),
        "W": u @ vt,
        "b": np.zeros(H),
        "U": np.zeros((K, H)),
        "c": np.zeros(K),
    }
    speed = {name: 0.0 for name in P}
    for k in range(cfg["updates"]):
        bits, grads = loss_and_gradients(ids[:, rng.integers(ids.shape[1], size=2 * B)], P)
        grads, _ = clip_by_norm(grads, cfg["thr"])
        for name in P:
            speed[name] = 0.9 * speed[name] - (1 - 0.8 * k / cfg["updates"]) * 0.1 * grads[name]
            P[name] = P[name] + speed[name]
        if watch:
            watch(k, bits)
    return P
