"""The first state is taken as uniform: start gives its distribution."""
import numpy as np


def optimal_nll(T_sym, start, x):
    a = np.full((x.shape[1], len(start)), 1 / len(start))
    total = np.zeros(x.shape[1])
    with np.errstate(divide="ignore"):
        for row in x:
            a = np.einsum("bi,bij->bj", a, T_sym[row])
            mass = a.sum(axis=1)
            total -= np.log(mass)
            a = a / np.where(mass > 0, mass, 1)[:, None]
    return total
