"""The sum leaves padding out, but the count does not."""
import numpy as np


def token_nll(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    return -chosen[mask].sum(), mask.size
