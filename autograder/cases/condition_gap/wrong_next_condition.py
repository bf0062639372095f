"""Each string is compared with the condition of the next one only."""
import numpy as np


def condition_gap(logp):
    n = len(logp)
    own = np.diag(logp)
    others = np.array([logp[i, (i + 1) % n] for i in range(n)])
    top = logp.max(axis=1)
    blind = top + np.log(np.exp(logp - top[:, None]).mean(axis=1))
    return np.mean(own - others) / np.log(2), np.mean(own - blind) / np.log(2)
