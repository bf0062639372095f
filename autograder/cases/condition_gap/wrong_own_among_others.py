"""The own condition is among the shuffled ones."""
import numpy as np


def condition_gap(logp):
    n = len(logp)
    own = np.diag(logp)
    others = logp.mean(axis=1)
    top = logp.max(axis=1)
    blind = top + np.log(np.exp(logp - top[:, None]).mean(axis=1))
    return np.mean(own - others) / np.log(2), np.mean(own - blind) / np.log(2)
