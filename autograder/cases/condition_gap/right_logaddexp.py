"""By logaddexp and the trace."""

def condition_gap(logp):
    n = logp.shape[0]
    trace = np.trace(logp)
    gap = trace / n - (logp.sum() - trace) / (n * (n - 1))
    blind = np.logaddexp.reduce(logp, axis=1) - np.log(n)
    return gap / np.log(2), (trace - blind.sum()) / n / np.log(2)
