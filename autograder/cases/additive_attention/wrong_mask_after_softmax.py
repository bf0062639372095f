"""The mask is applied after the softmax: what is left no longer sums to 1."""
import numpy as np


def additive_attention(q, K, Vv, mask, P):
    e = np.tanh(q @ P["W_q"].T + K @ P["W_k"].T) @ P["v"]
    w = np.exp(e - e.max(axis=0))
    w = w / w.sum(axis=0) * mask
    return np.einsum("tb,tbm->bm", w, Vv), w
