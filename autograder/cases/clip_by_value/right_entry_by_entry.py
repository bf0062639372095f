"""Entry by entry, in Python."""

def clip_by_value(grads, c):
    result = {}
    for name in grads:
        flat = [min(max(float(value), -c), c) for value in grads[name].ravel()]
        result[name] = np.array(flat).reshape(grads[name].shape)
    return result
