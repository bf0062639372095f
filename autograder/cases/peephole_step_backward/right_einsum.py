"""With einsum for the sums over the batch, and the slopes first."""


def peephole_step_backward(dh, dC, cache):
    C, C_next, p, i, f, g, o, m = cache
    slope = {"i": i - i * i, "f": f - f * f, "g": 1 - g * g, "o": o - o * o}
    to_o = dh * m * slope["o"]
    to_C = dC + to_o * p["o"] + dh * (o - o * m * m)
    da = {"o": to_o, "i": to_C * g * slope["i"], "f": to_C * C * slope["f"], "g": to_C * i * slope["g"]}
    seen = {"i": C, "f": C, "o": C_next}
    dp = {q: np.einsum("bh,bh->h", da[q], seen[q]) for q in "ifo"}
    return da, to_C * f + sum(da[q] * p[q] for q in "if"), dp
