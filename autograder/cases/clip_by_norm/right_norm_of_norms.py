"""The norm of the norms."""

def clip_by_norm(grads, thr):
    if any(not np.all(np.isfinite(g)) for g in grads.values()):
        raise FloatingPointError("NaN or infinity")
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads.values()])
    scale = 1.0 / max(1.0, norm / thr)
    out = {}
    for name in grads:
        out[name] = grads[name] * scale
    return out, float(norm)
