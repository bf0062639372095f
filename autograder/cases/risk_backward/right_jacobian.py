"""List by list, with the Jacobian of the softmax."""


def risk_backward(scores, costs, beta):
    risks, dscores, dbeta = [], np.zeros_like(scores), 0.0
    for b in range(scores.shape[1]):
        real = np.flatnonzero(scores[:, b] > -np.inf)
        s, c = scores[real, b], costs[real, b]
        q = np.exp(beta * s - max(beta * s))
        q = q / sum(q)
        dz = (np.diag(q) - np.outer(q, q)) @ c
        risks.append(q @ c)
        dscores[real, b] = beta * dz
        dbeta += dz @ s
    return risks, dscores, dbeta
