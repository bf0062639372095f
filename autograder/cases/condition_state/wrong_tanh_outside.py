"""The initial state goes through a tanh. The last map is linear."""
import numpy as np


def condition_state(x, Q):
    e = np.tanh(x @ Q["P"].T + Q["p"])
    return np.tanh(e @ Q["A"].T + Q["a"])
