"""Momentum, clipped, with larger minibatches and a rate that falls."""


def train_rnn(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    B = 2 * B
    P = {
        "V": rng.normal(size=(H, K)),
        "W": 0.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    speed = {name: 0.0 for name in P}
    for k in range(cfg["updates"]):
        drawn = ids[:, rng.integers(ids.shape[1], size=B)]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, cache = rnn_forward(x, np.zeros((B, H)), P["V"], P["W"], P["b"])
        p = np.exp(hs @ P["U"].T + P["c"])
        p /= p.sum(axis=-1, keepdims=True)
        dhs, dU, dc = readout_backward((p - y) / y[..., 0].size, hs, P["U"])
        _, _, dV, dW, db = rnn_backward(dhs, cache)
        grads = dict(zip("VWbUc", (dV, dW, db, dU, dc)))
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            speed[name] = 0.9 * speed[name] + scale * g
            P[name] = P[name] - (1 - 0.8 * k / cfg["updates"]) * 0.5 * speed[name]
    return P
