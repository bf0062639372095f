"""Orthogonal matrices row by row, each row freed of those before it."""

def orthogonal(H, rng):
    rows = []
    for _ in range(H):
        v = rng.standard_normal(H)
        for _ in range(2):
            for r in rows:
                v = v - (v @ r) * r
        rows.append(v / np.sqrt(v @ v))
    return np.array(rows)


def init_lstm(D, H, rng, forget_bias=1.0):
    s = np.sqrt(6 / (H + D))
    P = {}
    for name in ("V_i", "V_f", "V_g", "V_o"):
        P[name] = rng.uniform(-s, s, (H, D))
    for name in ("W_i", "W_f", "W_g", "W_o"):
        P[name] = orthogonal(H, rng)
    for name in ("b_i", "b_f", "b_g", "b_o"):
        P[name] = np.full(H, forget_bias * 1.0) if name == "b_f" else np.zeros(H)
    return P
