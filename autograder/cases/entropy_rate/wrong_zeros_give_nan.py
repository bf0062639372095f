"""A probability of zero gives NaN: 0 log 0 counts as 0."""
import numpy as np


def entropy_rate(T_sym):
    P = T_sym.sum(axis=0)
    S = len(P)
    equations = np.vstack([P.T - np.eye(S), np.ones(S)])
    pi = np.linalg.lstsq(equations, np.append(np.zeros(S), 1.0), rcond=None)[0]
    p = T_sym.sum(axis=2)
    with np.errstate(all="ignore"):
        bits = -np.log2(p)
    return float((p * bits).sum(axis=0) @ pi)
