"""With columns, turned at the end."""

def condition_state(x, Q):
    e = np.tanh(Q["P"] @ x.T + Q["p"][:, None])
    return (Q["A"] @ e + Q["a"][:, None]).T
