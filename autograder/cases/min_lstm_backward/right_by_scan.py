"""By the backward scan of the exercise before it."""


def min_lstm_backward(dhs, cache):
    x, h0, P, log_f, log_i, n, keep, hs = cache
    da, db, dh0 = scan_backward(dhs, keep, hs, h0, lambda a, b, c, d: (a * c, a * d + b))
    slope = (da - db * n) * keep * (1 - keep)
    dz = np.stack([slope * -np.expm1(log_f), slope * np.expm1(log_i), db * (1 - keep)])
    dV, db = np.einsum("qtbh,tbd->qhd", dz, x), dz.sum(axis=(1, 2))
    dP = {"V_" + q: dV[k] for k, q in enumerate("fin")} | {"b_" + q: db[k] for k, q in enumerate("fin")}
    return np.einsum("qtbh,qhd->tbd", dz, np.stack([P["V_" + q] for q in "fin"])), dh0, dP
