"""By the total derivatives of h and of the new memory, each by the new memory or the old one."""


def peephole_step_backward(dh, dC, cache):
    C, C_next, p, i, f, g, o, m = cache
    h_by_C = o * (1 - m**2) + m * o * (1 - o) * p["o"]
    C_by_old = f + C * f * (1 - f) * p["f"] + g * i * (1 - i) * p["i"]
    total = dC + dh * h_by_C
    da = {
        "i": total * g * i * (1 - i),
        "f": total * C * f * (1 - f),
        "g": total * i * (1 - g**2),
        "o": dh * m * o * (1 - o),
    }
    dp = {"i": np.sum(da["i"] * C, 0), "f": np.sum(da["f"] * C, 0), "o": np.sum(da["o"] * C_next, 0)}
    return da, total * C_by_old, dp
