"""By einsum, with the scales kept."""

def hmm_posterior(x, pi, A, B):
    T, K = len(x), len(pi)
    alpha, scale, beta = np.empty((T, K)), np.empty(T), np.ones((T, K))
    for t in range(T):
        alpha[t] = (pi if t == 0 else np.einsum("j,jk->k", alpha[t - 1], A)) * B[:, x[t]]
        scale[t] = alpha[t].sum()
        alpha[t] = alpha[t] / scale[t]
    for t in range(T - 1)[::-1]:
        beta[t] = np.einsum("kj,j,j->k", A, B[:, x[t + 1]], beta[t + 1]) / scale[t + 1]
    return alpha * beta
