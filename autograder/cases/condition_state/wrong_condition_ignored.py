"""The condition is ignored."""
import numpy as np


def condition_state(x, Q):
    e = np.tanh(0 * x @ Q["P"].T + Q["p"])
    return e @ Q["A"].T + Q["a"]
