"""A sequence without a valid key gives NaN: the softmax divides 0 by 0."""
import numpy as np


def additive_attention(q, K, Vv, mask, P):
    e = np.tanh(q @ P["W_q"].T + K @ P["W_k"].T) @ P["v"]
    e = np.where(mask, e, -np.inf)
    w = np.exp(e - e.max(axis=0))
    w = w / w.sum(axis=0)
    return np.einsum("tb,tbm->bm", w, Vv), w
