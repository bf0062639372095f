"""The chain fades, by a factor that is known, and the readout makes up for it."""


def delay_line(k, least):
    V, u = np.zeros((k + 1, 2)), np.zeros(k + 1)
    V[0, 0] = 10 / least
    size = 1.0
    for _ in range(k):
        size = np.tanh(size)
    u[-1] = 1 / size
    return V, np.diag(np.ones(k), -1), np.zeros(k + 1), u
