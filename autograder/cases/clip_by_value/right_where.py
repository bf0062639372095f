"""By where, sign and absolute value."""

def clip_by_value(grads, c):
    return {name: np.where(np.abs(g) > c, np.sign(g) * c, g) for name, g in grads.items()}
