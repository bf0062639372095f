"""The lengths are counted from the array: a symbol that equals pad is not counted."""
import numpy as np


def pad_batch(seqs, pad):
    lengths = np.array([len(seq) for seq in seqs])
    ids = np.full((lengths.max(), len(seqs)), pad)
    for b, seq in enumerate(seqs):
        ids[: len(seq), b] = seq
    return ids, (ids != pad).sum(axis=0)
