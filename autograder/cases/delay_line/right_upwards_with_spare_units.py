"""From the last unit to the first, with spare units, whole numbers and lists."""


def delay_line(k, least):
    H = k + 4
    V = [[0, 0]] * (H - 1) + [[int(5 / least) + 1, 0]]
    W = 5 * np.eye(H, k=1, dtype=int)
    return V, W, [0] * H, [int(i == H - 1 - k) for i in range(H)]
