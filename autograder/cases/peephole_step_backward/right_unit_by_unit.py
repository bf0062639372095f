"""Row by row and unit by unit, as it is derived on paper."""


def peephole_step_backward(dh, dC, cache):
    C, C_next, p, i, f, g, o, m = cache
    da, dC_prev, dp = {q: np.zeros_like(i) for q in "ifgo"}, np.zeros_like(i), {q: np.zeros(i.shape[1]) for q in "ifo"}
    for at in np.ndindex(i.shape):
        k = at[1]
        da["o"][at] = dh[at] * m[at] * o[at] * (1 - o[at])
        d = dC[at] + dh[at] * o[at] * (1 - m[at] ** 2) + p["o"][k] * da["o"][at]
        da["i"][at] = d * g[at] * i[at] * (1 - i[at])
        da["f"][at] = d * C[at] * f[at] * (1 - f[at])
        da["g"][at] = d * i[at] * (1 - g[at] ** 2)
        dC_prev[at] = d * f[at] + p["i"][k] * da["i"][at] + p["f"][k] * da["f"][at]
        dp["i"][k] += da["i"][at] * C[at]
        dp["f"][k] += da["f"][at] * C[at]
        dp["o"][k] += da["o"][at] * C_next[at]
    return da, dC_prev, dp
