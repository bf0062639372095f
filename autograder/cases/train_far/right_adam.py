"""Adam, of clipped gradients."""


def train_far(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    P = {
        "V": 0.1 * rng.normal(size=(H, K)),
        "W": orthogonal((H, H), rng),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        _, grads = loss_and_gradients(ids[:, rng.integers(ids.shape[1], size=B)], P)
        grads, _ = clip_by_norm(grads, 1.0)
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.99 * v[name] + 0.01 * g**2
            P[name] = P[name] - 0.003 * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.99**k)) + 1e-8)
    return P
