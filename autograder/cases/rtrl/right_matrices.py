"""The influence as an H by H*H matrix for each row of the batch, with Kronecker products."""

def rtrl(x, h0, V, W, b, dhs):
    H = len(W)
    dW = np.zeros(H * H)
    for n in range(len(h0)):
        h, G = h0[n], np.zeros((H, H * H))
        for t in range(len(x)):
            new = np.tanh(V @ x[t, n] + W @ h + b)
            D = np.diag(1 - new**2)
            G = D @ np.kron(np.eye(H), h[None]) + D @ W @ G
            dW += dhs[t, n] @ G
            h = new
    return dW.reshape(H, H)
