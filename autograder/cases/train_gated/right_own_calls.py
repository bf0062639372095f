"""Without the helpers of the notebook: its own start, gru_forward and gru_backward; the strings in order."""


def train_gated(ids, cfg, rng, watch=None):
    K, H, N = cfg["symbols"], cfg["units"], cfg["strings"]
    P = {f"{a}_{q}": rng.normal(size=(H, n)) / np.sqrt(n) for q in "rzn" for a, n in (("V", K), ("W", H))}
    P |= {name: np.zeros(H) for name in ("b_r", "b_z", "b_in", "b_hn")}
    U, c, speed = rng.normal(size=(K, H)) / np.sqrt(H), np.zeros(K), {}
    for k in range(cfg["updates"]):
        drawn = np.roll(ids, -N * k, axis=1)[:, :N]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, cache = gru_forward(x, np.zeros((N, H)), P)
        p = np.exp(hs @ U.T + c)
        dy = (p / p.sum(axis=-1, keepdims=True) - y) / y[..., 0].size
        for name, g in gru_backward(dy @ U, cache)[2].items():
            speed[name] = 0.9 * speed.get(name, 0) + g
            P[name] = P[name] - cfg["rate"] * (g + 0.9 * speed[name])
        U, c = U - cfg["rate"] * 5 * np.einsum("tbk,tbh->kh", dy, hs), c - cfg["rate"] * 5 * dy.sum(axis=(0, 1))
    return {**P, "U": U, "c": c}
