"""One sequence of the batch at a time, in plain loops over the gates."""

def lstm_step(x, h, C, P):
    hs, Cs, kept = np.zeros_like(h), np.zeros_like(C), []
    for k in range(len(x)):
        a = {}
        for q in ("g", "o", "i", "f"):
            a[q] = P["V_" + q].dot(x[k]) + P["W_" + q].dot(h[k]) + P["b_" + q]
            a[q] = np.tanh(a[q]) if q == "g" else 0.5 + 0.5 * np.tanh(a[q] / 2)
        Cs[k] = a["i"] * a["g"] + a["f"] * C[k]
        hs[k] = a["o"] * np.tanh(Cs[k])
        kept.append(a)
    return hs, Cs, kept
