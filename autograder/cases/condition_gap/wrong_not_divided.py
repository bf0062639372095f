"""The blind model adds the probabilities of all conditions without dividing by their number."""
import numpy as np


def condition_gap(logp):
    n = len(logp)
    own = np.diag(logp)
    others = (logp.sum(axis=1) - own) / (n - 1)
    top = logp.max(axis=1)
    blind = top + np.log(np.exp(logp - top[:, None]).sum(axis=1))
    return np.mean(own - others) / np.log(2), np.mean(own - blind) / np.log(2)
