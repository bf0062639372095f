"""A minimum and a maximum."""

def clip_by_value(grads, c):
    return {k: np.maximum(-c, np.minimum(c, g)) for k, g in grads.items()}
