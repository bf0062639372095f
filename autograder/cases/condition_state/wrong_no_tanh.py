"""The tanh of the encoder is missing."""
import numpy as np


def condition_state(x, Q):
    e = x @ Q["P"].T + Q["p"]
    return e @ Q["A"].T + Q["a"]
