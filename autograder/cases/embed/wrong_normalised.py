"""The vectors were normalised to length one. They are rows of E as they are."""
import numpy as np


def embed(ids, E):
    x = E[ids]
    return x / np.linalg.norm(x, axis=-1, keepdims=True)
