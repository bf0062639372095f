"""From the last step down, multiplying on the right."""

def jac_product(J, s, t):
    B, H = J.shape[1], J.shape[2]
    out = np.tile(np.eye(H), (B, 1, 1))
    k = t
    while k > s:
        out = out @ J[k - 1]
        k -= 1
    return out
