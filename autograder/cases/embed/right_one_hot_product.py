"""One-hot vectors times E."""
import numpy as np


def embed(ids, E):
    return np.eye(len(E))[ids] @ E
