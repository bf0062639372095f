"""The signs are turned round: with the true condition the probability is larger."""
import numpy as np


def condition_gap(logp):
    n = len(logp)
    own = np.diag(logp)
    others = (logp.sum(axis=1) - own) / (n - 1)
    top = logp.max(axis=1)
    blind = top + np.log(np.exp(logp - top[:, None]).mean(axis=1))
    return np.mean(others - own) / np.log(2), np.mean(blind - own) / np.log(2)
