"""Every step turns the sign around; the readout knows how often."""


def delay_line(k, least):
    V = np.outer(np.eye(k + 1)[0], [4 / least, 0])
    W = -4 * np.eye(k + 1, k=-1)
    return V, W, np.zeros(k + 1), (-1) ** k * np.eye(k + 1)[k]
