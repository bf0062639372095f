"""The result is in nats, not in bits."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return (nll.sum() + (k == 0).sum() * np.log(others)) / len(nll)
