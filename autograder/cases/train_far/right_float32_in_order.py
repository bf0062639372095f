"""In float32, with Nesterov's momentum, and the strings in order; fewer updates."""


def train_far(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    P = {
        "V": 0.1 * rng.normal(size=(H, K)),
        "W": orthogonal((H, H), rng),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    P = {name: value.astype(np.float32) for name, value in P.items()}
    speed = {name: np.zeros_like(value) for name, value in P.items()}
    for k in range(2 * cfg["updates"] // 3):
        _, grads = loss_and_gradients(np.roll(ids, -B * k, axis=1)[:, :B], P)
        grads, _ = clip_by_norm(grads, cfg["thr"])
        for name, g in grads.items():
            speed[name] = np.float32(0.9) * speed[name] + g.astype(np.float32)
            P[name] = P[name] - np.float32(cfg["rate"]) * (g + np.float32(0.9) * speed[name]).astype(np.float32)
    return P
