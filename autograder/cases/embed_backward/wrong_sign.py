"""The sign is turned. The gradient is not yet the step of the optimiser."""
import numpy as np


def embed_backward(dout, ids, vocab):
    dE = np.zeros((vocab, dout.shape[-1]))
    np.add.at(dE, ids, dout)
    return -dE
