"""A one stands at the most probable tag: asked for are the probabilities."""
import numpy as np


def hmm_posterior(x, pi, A, B):
    T, K = len(x), len(pi)
    alpha, beta = np.zeros((T, K)), np.ones((T, K))
    ahead = pi
    for t in range(T):
        alpha[t] = ahead * B[:, x[t]]
        alpha[t] /= alpha[t].sum()
        ahead = alpha[t] @ A
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (B[:, x[t + 1]] * beta[t + 1])
        beta[t] /= beta[t].sum()
    both = alpha * beta
    return np.eye(K)[both.argmax(axis=1)]
