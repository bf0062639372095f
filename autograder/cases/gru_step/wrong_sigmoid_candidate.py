"""The logistic function stands where the candidate has tanh."""
import numpy as np


def sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


def gru_step(x, h, P, reset="after", z_keeps="old"):
    r = sigmoid(x @ P["V_r"].T + h @ P["W_r"].T + P["b_r"])
    z = sigmoid(x @ P["V_z"].T + h @ P["W_z"].T + P["b_z"])
    a = x @ P["V_n"].T + P["b_in"]
    if reset == "after":
        q = h @ P["W_n"].T + P["b_hn"]
        n = sigmoid(a + r * q)
    else:
        q = r * h
        n = sigmoid(a + q @ P["W_n"].T)
    keep = z if z_keeps == "old" else 1 - z
    return (1 - keep) * n + keep * h, (x, h, P, reset, z_keeps, r, z, n, q)
