"""The strings are read from their ends: row t depends on the symbols after it."""
import numpy as np


def lm_logits(ids, P):
    K, H = P["U"].shape
    first = np.tile(P["c"], (1, ids.shape[1], 1))
    logits, _, _ = gru_logits(ids[:0:-1], np.zeros((ids.shape[1], H)), P)
    return np.concatenate([logits[::-1], first])
