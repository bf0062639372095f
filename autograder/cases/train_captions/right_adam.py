"""Adam, with a map A that is random at the start."""


def train_captions(data, cfg, rng, watch=None):
    x, captions, mask, which = data
    K, F, E, D, H, B = (cfg[name] for name in ("words", "points", "code", "embedding", "units", "captions"))
    Q = {
        "P": rng.normal(size=(E, F)) / np.sqrt(F),
        "p": np.zeros(E),
        "A": rng.normal(size=(H, E)) / np.sqrt(E),
        "a": np.zeros(H),
        "Y": rng.normal(size=(K + 1, D)),
        "V": rng.normal(size=(H, D)) / np.sqrt(D),
        "W": 0.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    m, v = ({name: np.zeros_like(value) for name, value in Q.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        some = rng.integers(len(which), size=B)
        seen = x[which[some]]
        _, dh0, dQ = caption_gradients(condition_state(seen, Q), captions[:, some], mask[:, some], Q)
        for name, g in {**dQ, **condition_backward(dh0, np.arange(B), seen, Q)}.items():
            m[name] = 0.9 * m[name] + 0.1 * g / B
            v[name] = 0.99 * v[name] + 0.01 * (g / B) ** 2
            Q[name] = Q[name] - 0.005 * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.99**k)) + 1e-8)
    return Q
