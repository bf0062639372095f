"""Plain steps, large and many, with a rate that falls."""


def train_translator(src, lengths, tgt, mask, cfg, rng, watch=None):
    Ks, Kt, D, H = (cfg[name] for name in ("digits", "words", "embedding", "units"))
    shapes = {"S": (Ks, D), "V_e": (H, D), "W_e": (H, H), "Y": (Kt + 1, D), "V_d": (H, D), "W_d": (H, H), "U": (Kt, 2 * H)}
    P = {name: rng.normal(size=shape) / np.sqrt(shape[1]) for name, shape in shapes.items()}
    P |= {"b_e": np.zeros(H), "b_d": np.zeros(H), "c": np.zeros(Kt), "tau": np.sqrt(H)}
    for k in range(1, 2 * cfg["updates"] + 1):
        drawn = rng.integers(src.shape[1], size=cfg["pairs"])
        x, n, y, real = src[:, drawn], lengths[drawn], tgt[:, drawn], mask[:, drawn]
        hs, h = encode(x, n, P)
        states = decode(h, y, P)
        contexts, _, cache = attend(states, hs, hs, np.arange(len(x))[:, None] < n, P["tau"])
        both = np.concatenate([states, contexts], axis=-1)
        logits = both @ P["U"].T + P["c"]
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        right = np.eye(Kt)[y]
        dlogits = (p - right) * real[..., None] / real.sum()
        dboth = dlogits @ P["U"]
        dq, dkeys, dvalues, dtau = attention_backward(dboth[..., H:], cache)
        dh, grads = decode_backward(dboth[..., :H] + dq, h, y, states, P)
        grads |= encode_backward(dkeys + dvalues, dh, x, n, hs, P)
        grads |= {"U": np.einsum("tbk,tbh->kh", dlogits, both), "c": dlogits.sum(axis=(0, 1)), "tau": dtau}
        rate = 3 * min(1, 2 - 2 * k / (2 * cfg["updates"]))
        for name, g in grads.items():
            P[name] = P[name] - rate * g
    return P
