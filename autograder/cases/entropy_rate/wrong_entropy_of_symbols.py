"""This is the entropy of how often the symbols come. It leaves out what the state knows."""
import numpy as np


def entropy_rate(T_sym):
    P = T_sym.sum(axis=0)
    S = len(P)
    equations = np.vstack([P.T - np.eye(S), np.ones(S)])
    pi = np.linalg.lstsq(equations, np.append(np.zeros(S), 1.0), rcond=None)[0]
    p = T_sym.sum(axis=2)
    bits = -np.log2(p, out=np.zeros_like(p), where=p > 0)
    q = p @ pi
    return float(-np.sum(q * np.log2(q, out=np.zeros_like(q), where=q > 0)))
