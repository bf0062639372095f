"""Sequence by sequence, query by query, with the Jacobian of the softmax."""


def attention_backward(dcontext, cache):
    q, keys, values, mask, tau, weights = cache
    dq, dkeys, dvalues, dtau = np.zeros_like(q), np.zeros_like(keys), np.zeros_like(values), 0.0
    for b in range(q.shape[1]):
        for t in range(len(q)):
            w = weights[b, t]
            jacobian = np.diag(w) - np.outer(w, w)
            de = jacobian @ (values[:, b] @ dcontext[t, b])
            dq[t, b] = keys[:, b].T @ de / tau
            dkeys[:, b] += np.outer(de, q[t, b]) / tau
            dvalues[:, b] += np.outer(w, dcontext[t, b])
            dtau -= de @ (keys[:, b] @ q[t, b]) / tau**2
    return dq, dkeys, dvalues, dtau
