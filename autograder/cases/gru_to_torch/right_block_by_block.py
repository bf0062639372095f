"""Arrays filled block by block."""

def gru_to_torch(P, z_keeps="old"):
    H, D = P["V_r"].shape
    ih, hh = np.zeros((3 * H, D)), np.zeros((3 * H, H))
    b, c = np.zeros(3 * H), np.zeros(3 * H)
    for k, gate in enumerate(["r", "z", "n"]):
        rows = slice(k * H, (k + 1) * H)
        ih[rows], hh[rows] = P[f"V_{gate}"], P[f"W_{gate}"]
        b[rows] = P["b_in"] if gate == "n" else P[f"b_{gate}"]
    if z_keeps == "new":
        for a in (ih, hh, b):
            a[H : 2 * H] *= -1
    c[2 * H :] = P["b_hn"]
    return dict(weight_ih_l0=ih, weight_hh_l0=hh, bias_ih_l0=b, bias_hh_l0=c)
