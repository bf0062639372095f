"""The encoder uses the logistic function. It is tanh."""
import numpy as np


def condition_state(x, Q):
    e = 1 / (1 + np.exp(-(x @ Q["P"].T + Q["p"])))
    return e @ Q["A"].T + Q["a"]
