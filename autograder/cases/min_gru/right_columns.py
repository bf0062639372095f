"""Column by column as in the book: states are (H, B) inside."""

def min_gru(x, h0, P):
    h, hs = h0.T, []
    for x_t in x:
        a = P["V_z"] @ x_t.T + P["b_z"][:, None]
        z = np.exp(-np.logaddexp(0, -a))
        h = z * h + (1 - z) * (P["V_n"] @ x_t.T + P["b_n"][:, None])
        hs.append(h.T)
    return np.array(hs)
