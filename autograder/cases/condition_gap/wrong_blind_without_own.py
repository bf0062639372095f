"""The blind model leaves the own condition out."""
import numpy as np


def condition_gap(logp):
    n = len(logp)
    own = np.diag(logp)
    others = (logp.sum(axis=1) - own) / (n - 1)
    top = logp.max(axis=1)
    other = np.where(np.eye(n, dtype=bool), -np.inf, logp)
    top = other.max(axis=1)
    blind = top + np.log(np.exp(other - top[:, None]).sum(axis=1) / (n - 1))
    return np.mean(own - others) / np.log(2), np.mean(own - blind) / np.log(2)
