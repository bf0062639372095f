"""Momentum, clipped, with a rate that falls."""


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
    speed = dict.fromkeys(Q, 0.0)
    for k in range(cfg["updates"]):
        some = rng.integers(len(which), size=B)
        seen = x[which[some]]
        _, dh0, dQ = caption_gradients(condition_state(seen, Q), captions[:, some], mask[:, some], Q)
        dQ |= condition_backward(dh0, np.arange(B), seen, Q)
        scale = min(1, 5 * B / np.sqrt(sum((g * g).sum() for g in dQ.values()))) / B
        for name, g in dQ.items():
            speed[name] = 0.9 * speed[name] + scale * g
            Q[name] = Q[name] - (1 - 0.9 * k / cfg["updates"]) * 0.06 * speed[name]
    return Q
