"""One condition at a time."""

def condition_state(x, Q):
    return np.array([Q["A"].dot(np.tanh(Q["P"].dot(row) + Q["p"])) + Q["a"] for row in x])
