"""Momentum with Nesterov's step. Each update draws pictures and takes all captions that belong to them."""


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
    speed = {name: np.zeros_like(value) for name, value in Q.items()}
    for _ in range(cfg["updates"]):
        pictures = rng.permutation(len(x))[: B // 2]
        place = np.full(len(x), -1)
        place[pictures] = np.arange(len(pictures))
        some = np.flatnonzero(place[which] >= 0)
        h0 = condition_state(x[pictures], Q)
        _, dh0, dQ = caption_gradients(h0[place[which[some]]], captions[:, some], mask[:, some], Q)
        dQ.update(condition_backward(dh0, place[which[some]], x[pictures], Q))
        for name, g in dQ.items():
            g = g / max(len(some), 1)
            speed[name] = 0.9 * speed[name] + g
            Q[name] = Q[name] - cfg["rate"] * (g + 0.9 * speed[name])
    return Q
