"""The first step is left out: what was read at first is no token, but what is predicted at first is one."""
import numpy as np


def token_nll(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    chosen, mask = chosen[1:], mask[1:]
    return -chosen[mask].sum(), int(mask.sum())
