"""Of several captions of one picture only the last one counts: their gradients add."""
import numpy as np


def condition_backward(dh0, which, x, Q):
    total = np.zeros((len(x), dh0.shape[1]))
    total[which] = dh0
    e = np.tanh(x @ Q["P"].T + Q["p"])
    dz = (1 - e**2) * (total @ Q["A"])
    return {"P": dz.T @ x, "p": dz.sum(axis=0), "A": total.T @ e, "a": total.sum(axis=0)}
