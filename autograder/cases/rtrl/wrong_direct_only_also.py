"""The influence is not carried: each step has its direct derivative only, so W's earlier work is lost.

Diagnosis: wrong_direct_only
"""

def rtrl(x, h0, V, W, b, dhs):
    H, h, dW = len(W), h0, 0.0
    for t in range(len(x)):
        G = np.zeros((len(h0), H, H, H))
        new = np.tanh(x[t] @ V.T + h @ W.T + b)
        for i in range(H):
            G[:, i, i, :] = (1 - new[:, i : i + 1] ** 2) * h
        dW = dW + np.tensordot(dhs[t], G, ([0, 1], [0, 1]))
        h = new
    return dW
