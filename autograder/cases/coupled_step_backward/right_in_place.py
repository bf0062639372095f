"""In place, on copies."""


def coupled_step_backward(dh, dC, cache):
    C, f, g, o, m = cache
    d = np.array(dC)
    d += dh * o
    d -= dh * o * m**2
    da = {"o": dh * m, "g": d * (1 - f), "f": d * f}
    da["o"] *= o * (1 - o)
    da["g"] *= 1 - g**2
    da["f"] *= (1 - f) * (C - g)
    return da, d * f
