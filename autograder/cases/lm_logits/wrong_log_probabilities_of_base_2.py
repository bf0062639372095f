"""Log-probabilities to base 2 instead of logits, which are natural logarithms but for a constant."""
import numpy as np


def lm_logits(ids, P):
    K, H = P["U"].shape
    first = np.tile(P["c"], (1, ids.shape[1], 1))
    logits, _, _ = gru_logits(ids[:-1], np.zeros((ids.shape[1], H)), P)
    y = np.concatenate([first, logits])
    return (y - np.log(np.exp(y).sum(axis=-1, keepdims=True))) / np.log(2)
