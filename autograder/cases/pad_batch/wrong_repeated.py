"""The sequences are repeated until they fill the array."""
import numpy as np


def pad_batch(seqs, pad):
    lengths = np.array([len(seq) for seq in seqs])
    ids = np.full((lengths.max(), len(seqs)), pad)
    for b, seq in enumerate(seqs):
        ids[:, b] = np.resize(seq, len(ids))
    return ids, lengths
