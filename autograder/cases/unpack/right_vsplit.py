"""By vsplit and hsplit."""

def unpack(V, W, b, order="ifgo"):
    P = dict(zip(["V_" + q for q in order], (a + 0.0 for a in np.vsplit(V, 4))))
    P.update(zip(["W_" + q for q in order], (a + 0.0 for a in np.vsplit(W, 4))))
    P.update(zip(["b_" + q for q in order], (a + 0.0 for a in np.hsplit(b, 4))))
    return P
