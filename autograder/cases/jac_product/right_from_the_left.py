"""From the last step down, multiplying on the right, with real diagonal matrices."""


def jac_product(hs, W, s, t):
    T, B, H = hs.shape
    out = np.tile(np.eye(H), (B, 1, 1))
    k = t
    while k > s:
        diagonals = np.array([np.diag(1 - np.square(h)) for h in hs[k - 1]])
        out = out @ diagonals @ W
        k -= 1
    return out
