"""Plain steps, larger and more of them."""


def train_rnn(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    P = {
        "V": rng.normal(size=(H, K)),
        "W": 0.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    for k in range(3 * cfg["updates"]):
        drawn = ids[:, rng.integers(ids.shape[1], size=B)]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, cache = rnn_forward(x, np.zeros((B, H)), P["V"], P["W"], P["b"])
        p = np.exp(hs @ P["U"].T + P["c"])
        p /= p.sum(axis=-1, keepdims=True)
        dhs, dU, dc = readout_backward((p - y) / y[..., 0].size, hs, P["U"])
        _, _, dV, dW, db = rnn_backward(dhs, cache)
        for name, g in zip("VWbUc", (dV, dW, db, dU, dc)):
            P[name] = P[name] - 5 * cfg["rate"] * g
    return P
