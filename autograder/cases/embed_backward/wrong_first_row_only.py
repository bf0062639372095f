"""Only the first row of the batch is used."""
import numpy as np


def embed_backward(dout, ids, vocab):
    dE = np.zeros((vocab, dout.shape[-1]))
    np.add.at(dE, ids[:, 0], dout[:, 0])
    return dE
