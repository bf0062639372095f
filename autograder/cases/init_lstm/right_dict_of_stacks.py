"""Stacks of four, made by a batched QR, then named."""

def init_lstm(D, H, rng, forget_bias=1.0):
    s = np.sqrt(6 / (H + D))
    Q, R = np.linalg.qr(rng.standard_normal((4, H, H)))
    W = Q * np.sign(np.einsum("qkk->qk", R))[:, None, :]
    b = np.array([0, forget_bias, 0, 0])[:, None] * np.ones(H)
    V = rng.uniform(low=-s, high=s, size=(4, H, D))
    return {name + "_" + q: part[k] for name, part in zip("VWb", (V, W, b)) for k, q in enumerate("ifgo")}
