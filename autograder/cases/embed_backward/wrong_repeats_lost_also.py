"""Repeated symbols are lost: `dE[ids] = ...` and `dE[ids] += ...` keep only one of them. Each occurrence must add its part.

Diagnosis: wrong_repeats_lost
"""

def embed_backward(dout, ids, vocab):
    dE = np.zeros((vocab, dout.shape[-1]))
    for row, vector in zip(ids.ravel(), dout.reshape(-1, dout.shape[-1])):
        dE[row] = vector
    return dE
