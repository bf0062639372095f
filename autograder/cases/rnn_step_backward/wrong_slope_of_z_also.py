"""The slope of tanh is taken as 1 - z^2. It is 1 - tanh(z)^2, that is 1 - h^2 with the state after the step.

Diagnosis: wrong_slope_of_z
"""

def rnn_step_backward(dh_next, cache):
    x, h, h_next, V, W = cache
    slope = 1 - np.arctanh(h_next) ** 2
    dz = np.einsum("bh,bh->bh", slope, dh_next)
    return dz.dot(V), dz.dot(W), np.einsum("bh,bd->hd", dz, x), np.einsum("bh,bk->hk", dz, h), np.ones(len(dz)) @ dz
