"""Uniform weights, clipping entry by entry, and the gradient by the functions of the exercises."""


def train_lm(ids, cfg, rng, watch=None):
    K, H, T, B = (cfg[name] for name in ("symbols", "units", "steps", "streams"))
    P = {f"{letter}_{g}": rng.uniform(-1, 1, size=(H, H)) / np.sqrt(H) for g in "rzn" for letter in "VW"}
    P |= {name: np.zeros(H) for name in ("b_r", "b_z", "b_in", "b_hn")}
    P |= {"E": 0.3 * rng.normal(size=(K, H)), "c": np.zeros(K)}
    pieces = lm_batches(ids, T, B)
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        which = (k - 1) % len(pieces)
        x, y = pieces[which]
        h = np.zeros((x.shape[1], H)) if which == 0 else hs[-1]
        hs, cache = gru_forward(P["E"][x], h, P)
        dlogits = smoothed_nll_backward(hs @ P["E"].T + P["c"], y, y >= 0, 0.0, 1.0)[0]
        kept = []
        dE = tied_backward(dlogits, x, hs, P["E"], lambda dhs: kept.append(gru_backward(dhs, cache)) or kept[0][0])
        for name, g in {**kept[0][2], "E": dE, "c": dlogits.sum(axis=(0, 1))}.items():
            g = np.clip(g, -0.3, 0.3)
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g**2
            P[name] = P[name] - cfg["lr"] * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
    return P
