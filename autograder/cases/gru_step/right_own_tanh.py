"""Its own tanh and its own logistic function, from exponentials."""
import numpy as np


def gru_step(x, h, P, reset="after", z_keeps="old"):
    r, z = (np.exp(a) / (1 + np.exp(a)) for a in (x @ P[f"V_{q}"].T + h @ P[f"W_{q}"].T + P[f"b_{q}"] for q in "rz"))
    if reset == "after":
        a = x @ P["V_n"].T + P["b_in"] + r * (h @ P["W_n"].T + P["b_hn"])
    else:
        a = x @ P["V_n"].T + P["b_in"] + (r * h) @ P["W_n"].T
    n = (np.exp(2 * a) - 1) / (np.exp(2 * a) + 1)
    keep = z if z_keeps == "old" else 1 - z
    return (1 - keep) * n + keep * h, None
