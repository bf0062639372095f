"""dE is (D, K). It has the shape of E: (K, D)."""
import numpy as np


def embed_backward(dout, ids, vocab):
    dE = np.zeros((vocab, dout.shape[-1]))
    np.add.at(dE, ids, dout)
    return dE.T
