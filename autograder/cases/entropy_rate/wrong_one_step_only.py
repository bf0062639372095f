"""The distribution of the states after one step from a uniform one is taken for the stationary one."""
import numpy as np


def entropy_rate(T_sym):
    P = T_sym.sum(axis=0)
    S = len(P)
    equations = np.vstack([P.T - np.eye(S), np.ones(S)])
    pi = np.linalg.lstsq(equations, np.append(np.zeros(S), 1.0), rcond=None)[0]
    p = T_sym.sum(axis=2)
    bits = -np.log2(p, out=np.zeros_like(p), where=p > 0)
    return float((p * bits).sum(axis=0) @ (np.full(S, 1 / S) @ P))
