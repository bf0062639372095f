"""W is used where its transpose belongs: the row code of W h is `h @ W.T`.

Diagnosis: wrong_w_not_transposed
"""
import numpy as np


def rnn_step(x, h, V, W, b):
    z = np.einsum("hd,bd->bh", V, x) + np.einsum("bk,kh->bh", h, W) + b
    return np.tanh(z), [z]
