"""Each piece is averaged by itself, and then the averages. A short piece counts as much as a long one."""
import numpy as np


def bits_per_character(nlls, ids, others):
    return np.mean([(n + (k == 0) * np.log(others)).mean() for n, k in zip(nlls, ids) if len(n)]) / np.log(2)
