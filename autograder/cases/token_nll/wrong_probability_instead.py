"""The probabilities are summed, not their logarithms."""
import numpy as np


def token_nll(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    return np.exp(chosen[mask]).sum(), int(mask.sum())
