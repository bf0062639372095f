"""The tags are moved by one: every word is asked for the tag of the next."""
import numpy as np


def masked_token_loss(scores, tags, mask):
    shifted = scores - scores.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    tags = np.roll(tags, -1, axis=0)
    hot = np.eye(scores.shape[-1])[tags] * mask[:, :, None]
    dscores = np.exp(logp) * mask[:, :, None] - hot
    return -(hot * logp).sum(), int(mask.sum()), dscores
