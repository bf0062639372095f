"""Zero minus the weight, in place on fresh arrays."""

def gru_flip(P):
    Q = {}
    for key in P:
        Q[key] = np.array(P[key])
        if key[-1] == "z":
            np.negative(Q[key], out=Q[key])
    return Q
