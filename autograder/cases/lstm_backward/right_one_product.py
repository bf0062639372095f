"""Collects the gate gradients, and makes each weight's gradient by one product at the end."""

def lstm_forward(x, h0, C0, P):
    V, W, b = (np.concatenate([P[n + "_" + q] for q in "ifgo"]) for n in "VWb")
    h, C, kept, hs = h0, C0, [], [h0]
    for x_t in x:
        ai, af, ag, ao = np.split(x_t @ V.T + h @ W.T + b, 4, axis=1)
        i, f, g, o = (1 + np.tanh(ai / 2)) / 2, (1 + np.tanh(af / 2)) / 2, np.tanh(ag), (1 + np.tanh(ao / 2)) / 2
        old, C = C, f * C + i * g
        h = o * np.tanh(C)
        kept.append((i, f, g, o, old, np.tanh(C)))
        hs.append(h)
    return np.stack(hs[1:]), C, (x, np.stack(hs[:-1]), V, W, kept)


def lstm_backward(dhs, dC_T, cache):
    x, before, V, W, kept = cache
    dh, dC, rows = 0, dC_T, []
    for dh_t, (i, f, g, o, old, m) in zip(dhs[::-1], kept[::-1]):
        dh = dh + dh_t
        dC = dC + dh * o * (1 - m * m)
        a = np.hstack([dC * g * i * (1 - i), dC * old * f * (1 - f), dC * i * (1 - g * g), dh * m * o * (1 - o)])
        dC, dh = dC * f, a @ W
        rows.append(a)
    a = np.stack(rows[::-1])
    stacked = np.einsum("tbg,tbd->gd", a, x), np.einsum("tbg,tbh->gh", a, before), a.sum(axis=(0, 1))
    dP = {n + "_" + q: part for n, d in zip("VWb", stacked) for q, part in zip("ifgo", np.split(d, 4))}
    return a @ V, dh, dC, dP
