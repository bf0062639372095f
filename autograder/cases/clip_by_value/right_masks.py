"""By masks, on a copy."""

def clip_by_value(grads, c):
    out = {}
    for name, g in grads.items():
        g = g.copy()
        g[g > c] = c
        g[g < -c] = -c
        out[name] = g
    return out
