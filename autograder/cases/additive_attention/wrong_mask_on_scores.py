"""The masked scores are multiplied by 0. exp(0) is 1, so those keys still get weight."""
import numpy as np


def additive_attention(q, K, Vv, mask, P):
    e = np.tanh(q @ P["W_q"].T + K @ P["W_k"].T) @ P["v"]
    e = e * mask
    w = np.exp(e - e.max(axis=0))
    w = w / w.sum(axis=0)
    return np.einsum("tb,tbm->bm", w, Vv), w
