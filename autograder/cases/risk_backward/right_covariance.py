"""The derivative by beta as a covariance of scores and costs."""


def risk_backward(scores, costs, beta):
    top = scores.max(axis=0)
    shifted = np.where(np.isinf(scores), -1e9, scores - top)
    q = np.exp(beta * shifted)
    q = q / q.sum(axis=0)
    shifted = np.where(np.isinf(scores), 0, shifted)
    risk = (q * costs).sum(axis=0)
    covariance = (q * shifted * costs).sum(axis=0) - (q * shifted).sum(axis=0) * risk
    return risk, beta * q * costs - beta * q * risk, covariance.sum()
