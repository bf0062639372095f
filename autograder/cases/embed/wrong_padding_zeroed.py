"""Symbol 0 gets the zero vector, as if it were padding. Here every symbol has its row."""
import numpy as np


def embed(ids, E):
    return E[ids] * (ids != 0)[..., None]
