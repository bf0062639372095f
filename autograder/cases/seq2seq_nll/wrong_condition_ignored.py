"""The first state is ignored: the source is not read."""
import numpy as np


def seq2seq_nll(h, tgt, mask, P):
    bos = len(P["Y"]) - 1
    read = np.vstack([np.full((1, tgt.shape[1]), bos), tgt[:-1]])
    h = 0 * h
    total, columns = 0.0, np.arange(tgt.shape[1])
    for ids, wanted, real in zip(read, tgt, mask):
        h = np.tanh(P["Y"][ids] @ P["V_d"].T + h @ P["W_d"].T + P["b_d"])
        logits = h @ P["U"].T + P["c"]
        top = logits.max(axis=1, keepdims=True)
        logp = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
        total -= logp[columns, wanted][real].sum()
    return total, int(mask.sum())
