"""In float32, with Nesterov's momentum, and the strings in order."""


def train_rnn(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    P = {
        "V": rng.normal(size=(H, K)),
        "W": 0.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    P = {name: value.astype(np.float32) for name, value in P.items()}
    speed = {name: np.zeros_like(value) for name, value in P.items()}
    for k in range(cfg["updates"]):
        drawn = np.roll(ids, -B * k, axis=1)[:, :B]
        x, y = np.eye(K, dtype=np.float32)[drawn[:-1]], np.eye(K, dtype=np.float32)[drawn[1:]]
        hs, cache = rnn_forward(x, np.zeros((B, H), np.float32), P["V"], P["W"], P["b"])
        p = np.exp(hs @ P["U"].T + P["c"])
        p /= p.sum(axis=-1, keepdims=True)
        dhs, dU, dc = readout_backward((p - y) / y[..., 0].size, hs, P["U"])
        _, _, dV, dW, db = rnn_backward(dhs, cache)
        for name, g in zip("VWbUc", (dV, dW, db, dU, dc)):
            speed[name] = 0.9 * speed[name] + g
            P[name] = P[name] - np.float32(cfg["rate"]) * (g + 0.9 * speed[name])
    return P
