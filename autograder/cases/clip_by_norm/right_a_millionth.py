"""With a millionth in the denominator, as libraries have it."""

def clip_by_norm(grads, thr):
    total = 0.0
    for g in grads.values():
        total += float(np.vdot(g, g))
    norm = total**0.5
    if not np.isfinite(total):
        raise FloatingPointError("not finite")
    factor = min(1.0, thr / (norm + 1e-6))
    return {name: factor * g for name, g in grads.items()}, norm
