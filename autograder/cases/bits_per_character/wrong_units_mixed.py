"""Bits are added to nats before the sum is divided by ln 2."""
import numpy as np


def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return (nll.sum() + (k == 0).sum() * np.log2(others)) / len(nll) / np.log(2)
