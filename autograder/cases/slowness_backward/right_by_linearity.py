"""The gradients of the loss and those of the penalty, added."""


def slowness_backward(dhs, cache, lam):
    h0, hs = cache[1], cache[2]
    all_states = np.concatenate([h0[None], hs, hs[-1:]])
    pull = 2 * all_states[1:-1] - all_states[:-2] - all_states[2:]
    of_loss, of_penalty = rnn_backward(dhs, cache), rnn_backward(pull, cache)
    grads = [one + lam * other for one, other in zip(of_loss, of_penalty)]
    grads[1] = grads[1] + lam * (h0 - hs[0])
    return tuple(grads)
