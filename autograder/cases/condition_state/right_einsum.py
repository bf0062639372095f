"""By einsum."""

def condition_state(x, Q):
    z = np.einsum("bf,ef->be", x, Q["P"]) + Q["p"]
    return np.einsum("be,he->bh", np.tanh(z), Q["A"]) + Q["a"]
