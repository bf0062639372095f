"""In float32, with the strings in order."""


def train_lstm(ids, cfg, rng, watch=None):
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    P = init_lstm(K, H, rng, cfg["forget_bias"])
    P["U"], P["c"] = rng.normal(size=(K, H)) / np.sqrt(H), np.zeros(K)
    P = {name: value.astype(np.float32) for name, value in P.items()}
    moments, zero, one_hot = {}, np.zeros((B, H), np.float32), np.eye(K, dtype=np.float32)
    for k in range(1, cfg["updates"] + 1):
        drawn = np.roll(ids, -B * k, axis=1)[:, :B]
        x, y = one_hot[drawn[:-1]], one_hot[drawn[1:]]
        hs, _, cache = lstm_forward(x, zero, zero, P)
        logits = hs @ P["U"].T + P["c"]
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        dy = (p - y) / y[..., 0].size
        dhs = dy @ P["U"]
        *_, grads = lstm_backward(dhs, zero, cache)
        grads = {**grads, "U": np.einsum("tbk,tbh->kh", dy, hs), "c": dy.sum(axis=(0, 1))}
        P, moments = adam(P, grads, moments, cfg["rate"] * (1 - k / cfg["updates"]), k)
    return P
