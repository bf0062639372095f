"""In units of the largest entry, so that no square overflows."""

def clip_by_norm(grads, thr):
    top = np.max([np.abs(g).max() for g in grads.values()])
    if not np.isfinite(top):
        raise FloatingPointError("a gradient is not finite")
    if top == 0:
        return {name: np.zeros_like(g) for name, g in grads.items()}, 0.0
    norm = top * np.sqrt(sum(((g / top) ** 2).sum() for g in grads.values()))
    if norm > thr:
        return {name: g / norm * thr for name, g in grads.items()}, norm
    return {name: g.copy() for name, g in grads.items()}, norm
