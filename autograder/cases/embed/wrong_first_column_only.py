"""Every step gets the symbols of the first step."""
import numpy as np


def embed(ids, E):
    return E[np.broadcast_to(ids[:1], ids.shape)]
