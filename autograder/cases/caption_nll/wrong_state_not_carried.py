"""Every word is predicted from the initial state: the state is not carried."""
import numpy as np


def caption_nll(h0, captions, mask, Q):
    h, columns = h0, np.arange(len(h0))
    read, total = np.full(len(h0), len(Q["Y"]) - 1), np.zeros(len(h0))
    for words, real in zip(captions, mask):
        now = np.tanh(Q["Y"][read] @ Q["V"].T + h @ Q["W"].T + Q["b"])
        y = now @ Q["U"].T + Q["c"]
        y = y - y.max(axis=1, keepdims=True)
        logp = y - np.log(np.exp(y).sum(axis=1, keepdims=True))
        total -= np.where(real, logp[columns, words], 0)
        read = words
    return total
