"""In float32, with longer pieces and a rate that falls."""


def train_lm(ids, cfg, rng, watch=None):
    K, H, T, B = (cfg[name] for name in ("symbols", "units", "steps", "streams"))
    P = {f"{letter}_{g}": rng.normal(size=(H, H)) / np.sqrt(H) for g in "rzn" for letter in "VW"}
    P |= {name: np.zeros(H) for name in ("b_r", "b_z", "b_in", "b_hn")}
    P |= {"E": 0.3 * rng.normal(size=(K, H)), "c": np.zeros(K)}
    P = {name: value.astype(np.float32) for name, value in P.items()}
    pieces = lm_batches(ids, 32, B)
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        which = (k - 1) % len(pieces)
        x, y = pieces[which]
        h = np.zeros((x.shape[1], H)) if which == 0 else hs[-1]
        hs, cache = gru_forward(P["E"][x], h, P)
        logits = hs @ P["E"].T + P["c"]
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        dlogits = (p - np.eye(K)[y]) / y.size
        dx, _, grads = gru_backward(dlogits @ P["E"], cache)
        dE = np.einsum("tbk,tbh->kh", dlogits, hs)
        for symbol in range(K):
            dE[symbol] += dx[x == symbol].sum(axis=0)
        grads = {**grads, "E": dE, "c": dlogits.sum(axis=(0, 1))}
        grads = {name: g.astype(np.float32) for name, g in grads.items()}
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * scale * g
            v[name] = 0.999 * v[name] + 0.001 * (scale * g) ** 2
            step = (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
            P[name] = P[name] - (1.5 - k / cfg["updates"]) * cfg["lr"] * step
    return P
