"""The captions are taken to be in the order of the pictures: which says whose each is."""
import numpy as np


def condition_backward(dh0, which, x, Q):
    total = np.zeros((len(x), dh0.shape[1]))
    n = min(len(x), len(dh0))
    total[:n] = dh0[:n]
    e = np.tanh(x @ Q["P"].T + Q["p"])
    dz = (1 - e**2) * (total @ Q["A"])
    return {"P": dz.T @ x, "p": dz.sum(axis=0), "A": total.T @ e, "a": total.sum(axis=0)}
