"""Sorts by length and lets finished sources drop out, then puts them back."""


def encode(src, lengths, P):
    order = np.argsort(-np.asarray(lengths), kind="stable")
    h, hs = np.zeros((len(order), len(P["b_e"]))), []
    for t in range(len(src)):
        n = int((np.asarray(lengths)[order] > t).sum())
        x = P["S"][src[t, order[:n]]]
        h[:n] = np.tanh(x @ P["V_e"].T + h[:n] @ P["W_e"].T + P["b_e"])
        hs.append(h[np.argsort(order)])
    return hs, hs[-1]
