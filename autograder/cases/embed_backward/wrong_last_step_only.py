"""Only the last step's gradient is used."""
import numpy as np


def embed_backward(dout, ids, vocab):
    dE = np.zeros((vocab, dout.shape[-1]))
    np.add.at(dE, ids[-1], dout[-1])
    return dE
