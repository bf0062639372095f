"""The bias a is left out."""
import numpy as np


def condition_state(x, Q):
    e = np.tanh(x @ Q["P"].T + Q["p"])
    return e @ Q["A"].T
