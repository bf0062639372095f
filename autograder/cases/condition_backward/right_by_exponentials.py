"""The tanh by exponentials, in a function for both, and the biases as a further column."""


def own_code(x, Q):
    one = np.ones((len(x), 1))
    z = np.hstack([x, one]) @ np.hstack([Q["P"], Q["p"][:, None]]).T
    t = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - t) / (1 + t)


def condition_state(x, Q):
    return np.hstack([own_code(x, Q), np.ones((len(x), 1))]) @ np.hstack([Q["A"], Q["a"][:, None]]).T


def condition_backward(dh0, which, x, Q):
    hot = (np.arange(len(x))[:, None] == which).astype(float)
    e, g = own_code(x, Q), hot @ dh0
    dz = (g @ Q["A"]) * (1 - e) * (1 + e)
    one = np.ones((len(x), 1))
    inner, outer = dz.T @ np.hstack([x, one]), g.T @ np.hstack([e, one])
    return {"P": inner[:, :-1], "p": inner[:, -1], "A": outer[:, :-1], "a": outer[:, -1]}
