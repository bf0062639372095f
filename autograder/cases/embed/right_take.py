"""np.take along the first axis."""
import numpy as np


def embed(ids, E):
    return np.take(E, ids, axis=0)
