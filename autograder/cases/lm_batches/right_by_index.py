"""By an array of positions."""

def lm_batches(ids, T, B):
    width = (ids.size - 1) // B
    starts = np.arange(B)[None, :] * width
    out = []
    for first in range(0, width, T):
        where = np.arange(first, min(first + T, width))[:, None] + starts
        out.append((ids[where], ids[where + 1]))
    return out
