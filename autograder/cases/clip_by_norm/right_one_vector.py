"""Joins all entries in one vector."""

def clip_by_norm(grads, thr):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads.values()]))
    if np.isnan(norm) or np.isinf(norm):
        raise FloatingPointError(f"norm is {norm}")
    if norm <= thr:
        return {k: np.array(g) for k, g in grads.items()}, norm
    return {k: np.array(g) * (thr / norm) for k, g in grads.items()}, norm
