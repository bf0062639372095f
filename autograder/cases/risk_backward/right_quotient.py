"""As a quotient of two sums, by the quotient rule."""


def risk_backward(scores, costs, beta):
    e = np.exp(beta * (scores - np.max(scores, axis=0)))
    over, under = np.sum(e * costs, axis=0), np.sum(e, axis=0)
    dscores = beta * e * (costs * under - over) / under**2
    s = np.nan_to_num(scores - np.max(scores, axis=0), neginf=0.0)
    dbeta = (np.sum(e * s * costs, axis=0) * under - over * np.sum(e * s, axis=0)) / under**2
    return over / under, dscores, np.sum(dbeta)
