"""The encoder's bias p is left out."""
import numpy as np


def condition_state(x, Q):
    e = np.tanh(x @ Q["P"].T)
    return e @ Q["A"].T + Q["a"]
