"""By the Jacobian of each step, (B, H, H)."""


def leaky_backward(dhs, cache):
    x, h0, hs, n, V, W, a = cache
    before = np.concatenate([h0[None], hs[:-1]])
    slope = a * (1 - n**2)
    J = np.eye(len(a)) * (1 - a) + slope[..., None] * W
    delta = np.array(dhs, dtype=float)
    for t in range(len(x) - 1, 0, -1):
        delta[t - 1] += np.einsum("bi,bij->bj", delta[t], J[t])
    dz = slope * delta
    return (
        np.einsum("tbh,hd->tbd", dz, V),
        np.einsum("bi,bij->bj", delta[0], J[0]),
        np.tensordot(dz, x, ((0, 1), (0, 1))),
        np.tensordot(dz, before, ((0, 1), (0, 1))),
        np.einsum("tbh->h", dz),
        np.einsum("tbh,tbh->h", delta, n - before),
    )
