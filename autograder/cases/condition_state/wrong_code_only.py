"""The code is returned: the linear map A is missing."""
import numpy as np


def condition_state(x, Q):
    e = np.tanh(x @ Q["P"].T + Q["p"])
    return e
