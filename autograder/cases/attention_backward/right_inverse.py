"""By the inverse temperature: first its gradient, then the chain rule."""


def attention_backward(dcontext, cache):
    q, keys, values, mask, tau, weights = cache
    inverse = 1 / tau
    products = np.einsum("tbh,sbh->bts", q, keys)
    dweights = np.where(mask.T[:, None], np.einsum("tbm,sbm->bts", dcontext, values), 0)
    dscores = weights * dweights
    dscores = dscores - weights * dscores.sum(axis=-1, keepdims=True)
    dinverse = np.vdot(dscores, products)
    dproducts = inverse * dscores
    return (
        np.einsum("bts,sbh->tbh", dproducts, keys),
        np.einsum("bts,tbh->sbh", dproducts, q),
        np.einsum("bts,tbm->sbm", weights, dcontext),
        -dinverse * inverse**2,
    )
