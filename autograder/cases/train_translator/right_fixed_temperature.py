"""The temperature stays as it was, and each step of the decoder is read out by itself, with a loss by the log-sum-exp."""


def train_translator(src, lengths, tgt, mask, cfg, rng, watch=None):
    Ks, Kt, D, H = (cfg[name] for name in ("digits", "words", "embedding", "units"))
    shapes = {"S": (Ks, D), "V_e": (H, D), "W_e": (H, H), "Y": (Kt + 1, D), "V_d": (H, D), "W_d": (H, H), "U": (Kt, 2 * H)}
    P = {name: rng.normal(size=shape) / np.sqrt(shape[1]) for name, shape in shapes.items()}
    P |= {"b_e": np.zeros(H), "b_d": np.zeros(H), "c": np.zeros(Kt), "tau": np.sqrt(H)}
    m, v = ({name: 0.0 * value for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        drawn = rng.integers(src.shape[1], size=cfg["pairs"])
        x, n, y, real = src[:, drawn], lengths[drawn], tgt[:, drawn], mask[:, drawn]
        hs, h = encode(x, n, P)
        states = decode(h, y, P)
        contexts, _, cache = attend(states, hs, hs, np.arange(len(x))[:, None] < n, P["tau"])
        both = np.concatenate([states, contexts], axis=-1)
        logits = np.stack([row @ P["U"].T + P["c"] for row in both])
        p = np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))
        right = np.eye(Kt)[y]
        dlogits = (p - right) * real[..., None] / real.sum()
        dboth = dlogits @ P["U"]
        dq, dkeys, dvalues, dtau = attention_backward(dboth[..., H:], cache)
        dh, grads = decode_backward(dboth[..., :H] + dq, h, y, states, P)
        grads |= encode_backward(dkeys + dvalues, dh, x, n, hs, P)
        grads |= {"U": np.einsum("tbk,tbh->kh", dlogits, both), "c": dlogits.sum(axis=(0, 1))}
        rate = cfg["rate"] * min(1, 2 - 2 * k / cfg["updates"])
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.99 * v[name] + 0.01 * g**2
            P[name] = P[name] - rate * m[name] / (1 - 0.9**k) / (np.sqrt(v[name] / (1 - 0.99**k)) + 1e-8)
    return P
