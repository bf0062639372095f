"""In plain loops."""

def condition_gap(logp):
    n, gap, saved = len(logp), 0.0, 0.0
    for i in range(n):
        others = [logp[i, j] for j in range(n) if j != i]
        gap += logp[i, i] - sum(others) / len(others)
        saved += logp[i, i] - (np.logaddexp.reduce(logp[i]) - np.log(n))
    return gap / n / np.log(2), saved / n / np.log(2)
