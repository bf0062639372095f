"""h moves towards the candidate by 1 - keep; the logistic function by a masked exponential."""

def sigmoid(a):
    e = np.exp(-abs(a))
    return np.where(a >= 0, 1, e) / (1 + e)


def gru_step(x, h, P, reset="after", z_keeps="old"):
    r = sigmoid(x @ P["V_r"].T + h @ P["W_r"].T + P["b_r"])
    z = sigmoid(x @ P["V_z"].T + h @ P["W_z"].T + P["b_z"])
    s = r * (h @ P["W_n"].T + P["b_hn"]) if reset == "after" else (r * h) @ P["W_n"].T
    n = np.tanh(x @ P["V_n"].T + P["b_in"] + s)
    take = 1 - z if z_keeps == "old" else z
    return h + take * (n - h), {"x": x, "h": h, "P": P, "flags": (reset, z_keeps), "gates": (r, z, n)}
