"""All three gates of an input by one product with stacked weights; the z flip by a sign."""

def gru_step(x, h, P, reset="after", z_keeps="old"):
    H = h.shape[1]
    a = x @ np.vstack([P["V_r"], P["V_z"], P["V_n"]]).T + np.hstack([P["b_r"], P["b_z"], P["b_in"]])
    u = h @ np.vstack([P["W_r"], P["W_z"]]).T
    r = (1 + np.tanh((a[:, :H] + u[:, :H]) / 2)) / 2
    sign = 1 if z_keeps == "old" else -1
    keep = (1 + np.tanh(sign * (a[:, H : 2 * H] + u[:, H:]) / 2)) / 2
    if reset == "before":
        n = np.tanh(a[:, 2 * H :] + (r * h) @ P["W_n"].T)
    else:
        n = np.tanh(a[:, 2 * H :] + r * (h @ P["W_n"].T + P["b_hn"]))
    return n - keep * n + keep * h, (x, h, P, reset, z_keeps, r, keep, n)
