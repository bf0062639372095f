"""Returns a list; stacks on an axis of its own and flattens it."""

def pack(P, order="ifgo"):
    out = []
    for name in ("V", "W", "b"):
        blocks = np.stack([P[name + "_" + q] for q in order])
        out.append(blocks.reshape((-1, *blocks.shape[2:])))
    return out
