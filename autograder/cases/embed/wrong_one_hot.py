"""The one-hot vectors themselves are returned; they must still be multiplied by E."""
import numpy as np


def embed(ids, E):
    return (ids[..., None] == np.arange(len(E))).astype(float)
