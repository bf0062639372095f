"""Sorts by length and lets finished sources drop out, then puts them back."""

def encode(src, lengths, P):
    order = np.argsort(-np.asarray(lengths), kind="stable")
    h = np.zeros((len(order), len(P["b_e"])))
    for t in range(max(lengths)):
        n = int((np.asarray(lengths)[order] > t).sum())
        x = P["S"][src[t, order[:n]]]
        h[:n] = np.tanh(x @ P["V_e"].T + h[:n] @ P["W_e"].T + P["b_e"])
    out = np.empty_like(h)
    out[order] = h
    return out
