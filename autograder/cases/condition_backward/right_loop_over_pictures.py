"""In a loop over the pictures."""

def condition_backward(dh0, which, x, Q):
    E, F = Q["P"].shape
    H = len(Q["a"])
    dP, dp, dA, da = np.zeros((E, F)), np.zeros(E), np.zeros((H, E)), np.zeros(H)
    for k in range(len(x)):
        mine = dh0[np.asarray(which) == k].sum(axis=0)
        e = np.tanh(x[k] @ Q["P"].T + Q["p"])
        dA += mine[:, None] * e[None]
        da = da + mine
        dz = (1 - e**2) * (mine @ Q["A"])
        dP += dz[:, None] * x[k]
        dp += dz
    return {"P": dP, "p": dp, "A": dA, "a": da}
