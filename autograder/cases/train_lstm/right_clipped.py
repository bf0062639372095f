"""Clipped by the joint norm, then Adam with a rate that stays and falls in the last third."""


def train_lstm(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    P = init_lstm(K, H, rng, cfg["forget_bias"])
    P["U"], P["c"] = rng.normal(size=(K, H)) / np.sqrt(H), np.zeros(K)
    moments, zero = {}, np.zeros((B, H))
    for k in range(1, cfg["updates"] + 1):
        drawn = ids[:, rng.integers(ids.shape[1], size=B)]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, _, cache = lstm_forward(x, zero, zero, P)
        logits = hs @ P["U"].T + P["c"]
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        dy = (p - y) / y[..., 0].size
        dhs = dy @ P["U"]
        *_, grads = lstm_backward(dhs, zero, cache)
        grads = {**grads, "U": np.einsum("tbk,tbh->kh", dy, hs), "c": dy.sum(axis=(0, 1))}
        norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
        grads = {name: g * min(1, 1 / norm) for name, g in grads.items()}
        rate = cfg["rate"] * min(1, 3 * (1 - k / cfg["updates"]))
        P, moments = adam(P, grads, moments, rate, k)
    return P
