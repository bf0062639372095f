"""Entry by entry."""


def coupled_step_backward(dh, dC, cache):
    C, f, g, o, m = cache
    da, back = {q: np.empty_like(C) for q in "fgo"}, np.empty_like(C)
    for at in np.ndindex(C.shape):
        d = dC[at] + dh[at] * o[at] * (1 - m[at] ** 2)
        da["f"][at] = d * (C[at] - g[at]) * f[at] * (1 - f[at])
        da["g"][at] = d * (1 - f[at]) * (1 - g[at] ** 2)
        da["o"][at] = dh[at] * m[at] * o[at] * (1 - o[at])
        back[at] = d * f[at]
    return da, back
