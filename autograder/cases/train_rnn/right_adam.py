"""Adam."""


def train_rnn(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    P = {
        "V": rng.normal(size=(H, K)),
        "W": 0.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        drawn = ids[:, rng.integers(ids.shape[1], size=B)]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, cache = rnn_forward(x, np.zeros((B, H)), P["V"], P["W"], P["b"])
        p = np.exp(hs @ P["U"].T + P["c"])
        p /= p.sum(axis=-1, keepdims=True)
        dhs, dU, dc = readout_backward((p - y) / y[..., 0].size, hs, P["U"])
        _, _, dV, dW, db = rnn_backward(dhs, cache)
        for name, g in zip("VWbUc", (dV, dW, db, dU, dc)):
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.99 * v[name] + 0.01 * g**2
            P[name] = P[name] - 0.02 * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.99**k)) + 1e-8)
    return P
