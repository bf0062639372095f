"""Scaled by the largest entry, with matrices of one step."""

def hmm_posterior(x, pi, A, B):
    T = len(x)
    alphas, betas = [pi * B[:, x[0]]], [np.ones(len(pi))]
    for t in range(1, T):
        v = alphas[-1] @ (A * B[:, x[t]])
        alphas.append(v / v.max())
    for t in range(T - 1, 0, -1):
        v = (A * B[:, x[t]]) @ betas[-1]
        betas.append(v / v.max())
    p = np.array(alphas) * np.array(betas)[::-1]
    return p / p.sum(1)[:, None]
