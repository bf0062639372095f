"""np.exp overflows when scores are in the thousands. Subtract the largest valid score of the sequence first."""
import numpy as np


def additive_attention(q, K, Vv, mask, P):
    e = np.tanh(q @ P["W_q"].T + K @ P["W_k"].T) @ P["v"]
    e = np.where(mask, e, -np.inf)
    w = np.exp(e)
    total = w.sum(axis=0)
    w = w / np.where(total > 0, total, 1)
    return np.einsum("tb,tbm->bm", w, Vv), w
