"""Entry by entry, with more gain than is needed."""


def delay_line(k, least):
    H = k + 1
    V, W, b, u = np.zeros((H, 2)), np.zeros((H, H)), np.zeros(H), np.zeros(H)
    V[0, 0] = 20 / least
    for i in range(1, H):
        W[i, i - 1] = 20
    u[H - 1] = 1
    return V, W, b, u
