"""The result is flat: the axes T and B of ids must stay."""
import numpy as np


def embed(ids, E):
    return E[ids.ravel()]
