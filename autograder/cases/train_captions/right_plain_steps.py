"""Plain steps, larger and more of them, with the captions in order."""


def train_captions(data, cfg, rng, watch=None):
    x, captions, mask, which = data
    K, F, E, D, H, B = (cfg[name] for name in ("words", "points", "code", "embedding", "units", "captions"))
    Q = {
        "P": rng.normal(size=(E, F)) / np.sqrt(F),
        "p": np.zeros(E),
        "A": np.zeros((H, E)),
        "a": np.zeros(H),
        "Y": rng.normal(size=(K + 1, D)),
        "V": rng.normal(size=(H, D)) / np.sqrt(D),
        "W": 0.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    for k in range(2 * cfg["updates"]):
        some = (B * k + np.arange(B)) % len(which)
        seen = x[which[some]]
        _, dh0, dQ = caption_gradients(condition_state(seen, Q), captions[:, some], mask[:, some], Q)
        dQ |= condition_backward(dh0, np.arange(B), seen, Q)
        for name, g in dQ.items():
            Q[name] = Q[name] - 10 * cfg["rate"] * g / B
    return Q
