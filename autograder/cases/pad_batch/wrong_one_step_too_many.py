"""There is a step more than the longest sequence has."""
import numpy as np


def pad_batch(seqs, pad):
    lengths = np.array([len(seq) for seq in seqs])
    ids = np.full((lengths.max() + 1, len(seqs)), pad)
    for b, seq in enumerate(seqs):
        ids[: len(seq), b] = seq
    return ids, lengths
