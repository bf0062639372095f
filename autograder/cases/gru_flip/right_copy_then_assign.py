"""A copy of all, then three assignments."""

def gru_flip(P):
    Q = {key: a.copy() for key, a in P.items()}
    for key in ("V_z", "W_z", "b_z"):
        Q[key] = -Q[key]
    return Q
