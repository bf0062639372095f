"""Each string is compared with its best other condition, not with the mean of all others."""
import numpy as np


def condition_gap(logp):
    n = len(logp)
    own = np.diag(logp)
    others = np.where(np.eye(n, dtype=bool), -np.inf, logp).max(axis=1)
    top = logp.max(axis=1)
    blind = top + np.log(np.exp(logp - top[:, None]).mean(axis=1))
    return np.mean(own - others) / np.log(2), np.mean(own - blind) / np.log(2)
