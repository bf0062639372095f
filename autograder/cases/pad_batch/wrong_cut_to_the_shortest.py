"""The sequences are cut to the shortest one."""
import numpy as np


def pad_batch(seqs, pad):
    lengths = np.array([len(seq) for seq in seqs])
    ids = np.full((lengths.min(), len(seqs)), pad)
    for b, seq in enumerate(seqs):
        ids[:, b] = seq[: len(ids)]
    return ids, lengths
