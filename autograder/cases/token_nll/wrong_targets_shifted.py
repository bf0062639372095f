"""The targets are shifted once more: targets[t] is what came after the input of step t already."""
import numpy as np


def token_nll(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, np.roll(targets, -1, axis=0)[:, :, None], axis=-1)[:, :, 0]
    return -chosen[mask].sum(), int(mask.sum())
