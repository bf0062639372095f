"""The probabilities are multiplied until they vanish: rescale at each step, or use logarithms."""
import numpy as np


def optimal_nll(T_sym, start, x):
    a = np.tile(start, (x.shape[1], 1))
    total = np.zeros(x.shape[1])
    with np.errstate(divide="ignore"):
        for row in x:
            a = np.einsum("bi,bij->bj", a, T_sym[row])
            pass
        total = -np.log(a.sum(axis=1))
    return total
