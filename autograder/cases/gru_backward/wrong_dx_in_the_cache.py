"""dx is written into the arrays of the inputs, which the weights' gradients still need. Fill a new array."""

def gru_backward(dhs, cache):
    dx, dh, dP = np.stack([step[0] for step in cache]), 0 * dhs[0], {}
    for t in range(len(cache) - 1, -1, -1):
        dx[t], _, _ = gru_step_backward(dhs[t] + dh, cache[t])
        _, dh, new = gru_step_backward(dhs[t] + dh, (dx[t], *cache[t][1:]))
        dP = {key: dP.get(key, 0) + value for key, value in new.items()}
    return dx, dh, dP
