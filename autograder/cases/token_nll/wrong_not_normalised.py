"""The logits themselves are taken for log-probabilities: the logarithm of the sum is missing."""
import numpy as np


def token_nll(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = logits
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    return -chosen[mask].sum(), int(mask.sum())
