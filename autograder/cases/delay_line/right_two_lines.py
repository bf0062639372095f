"""Two lines side by side, and their mean."""


def delay_line(k, least):
    H = k + 1
    W = np.zeros((2 * H, 2 * H))
    W[:H, :H], W[H:, H:] = 3 * np.eye(H, k=-1), 6 * np.eye(H, k=-1)
    V, u = np.zeros((2 * H, 2)), np.zeros(2 * H)
    V[[0, H], 0] = 5 / least
    u[[H - 1, 2 * H - 1]] = 0.5
    return V, W, np.zeros(2 * H), u
