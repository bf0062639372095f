"""The sequences were sorted by length, and not put back in their order."""
import numpy as np


def pad_batch(seqs, pad):
    seqs = sorted(seqs, key=len, reverse=True)
    lengths = np.array([len(seq) for seq in seqs])
    ids = np.full((lengths.max(), len(seqs)), pad)
    for b, seq in enumerate(seqs):
        ids[: len(seq), b] = seq
    return ids, lengths
