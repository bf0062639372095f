"""The mean under the weights is the product of the gradient with the context itself."""


def attention_backward(dcontext, cache):
    q, keys, values, _, tau, weights = cache
    context = np.einsum("bts,sbm->tbm", weights, values)
    mean = np.sum(context * dcontext, axis=-1).T
    dscores = weights * (np.einsum("tbm,sbm->bts", dcontext, values) - mean[..., None])
    dkeys = np.einsum("bts,tbh->sbh", dscores, q) / tau
    return (
        np.einsum("bts,sbh->tbh", dscores, keys) / tau,
        dkeys,
        np.einsum("bts,tbm->sbm", weights, dcontext),
        -np.sum(dkeys * keys) / tau,
    )
