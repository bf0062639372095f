"""The gates are computed in turn on a state that is already partly new: r, z and n all see the old h."""

def gru_step(x, h, P, reset="after", z_keeps="old"):
    old = h
    z = sigmoid(x @ P["V_z"].T + h @ P["W_z"].T + P["b_z"])
    keep = z if z_keeps == "old" else 1 - z
    h = keep * h
    r = sigmoid(x @ P["V_r"].T + h @ P["W_r"].T + P["b_r"])
    a = x @ P["V_n"].T + P["b_in"]
    s = r * (h @ P["W_n"].T + P["b_hn"]) if reset == "after" else (r * h) @ P["W_n"].T
    return (1 - keep) * np.tanh(a + s) + h, old
