"""dW uses the state after the step. The new state was written into the array of the old one, which the cache still needs.

Diagnosis: wrong_new_state_in_dw
"""

def rnn_step(x, h, V, W, b):
    z = x @ V.T + h @ W.T + b
    h = h.copy()
    cache = [x, h, V, W]
    h[...] = np.tanh(z)
    return h, cache


def rnn_step_backward(dh_next, cache):
    x, h, V, W = cache
    dz = dh_next * (1 - h * h)
    return dz @ V, dz @ W, dz.T @ x, dz.T @ h, dz.sum(0)
