"""Nats are multiplied by ln 2. One nat is more than one bit, so they are divided by it."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return (nll.sum() + (k == 0).sum() * np.log(others)) / len(nll) * np.log(2)
