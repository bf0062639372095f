"""Each symbol gets the vector of the symbol after it."""
import numpy as np


def embed(ids, E):
    return E[(ids.astype(int) + 1) % len(E)]
