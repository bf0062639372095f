"""The powers of the chain were taken to settle down. Where states are visited in turn, they never do."""
import numpy as np


def entropy_rate(T_sym):
    P = T_sym.sum(axis=0)
    S = len(P)
    equations = np.vstack([P.T - np.eye(S), np.ones(S)])
    pi = np.eye(S)[0] @ np.linalg.matrix_power(P, 1000)
    p = T_sym.sum(axis=2)
    bits = -np.log2(p, out=np.zeros_like(p), where=p > 0)
    return float((p * bits).sum(axis=0) @ pi)
