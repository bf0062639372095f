"""With real diagonal matrices, one for each state."""

def jacobians(hs, W):
    T, B, H = hs.shape
    J = np.zeros((T, B, H, H))
    for t in range(T):
        for b in range(B):
            J[t, b] = np.diag(1 - np.square(hs[t, b])) @ W
    return J
