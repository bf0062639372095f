"""All lengths are that of the longest sequence."""
import numpy as np


def pad_batch(seqs, pad):
    lengths = np.array([len(seq) for seq in seqs])
    ids = np.full((lengths.max(), len(seqs)), pad)
    for b, seq in enumerate(seqs):
        ids[: len(seq), b] = seq
    return ids, np.full_like(lengths, lengths.max())
