"""The streams stand in the reverse order."""

def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    x = ids[: B * width].reshape(B, width)[::-1].T
    y = ids[1 : B * width + 1].reshape(B, width)[::-1].T
    return [(x[t : t + T].copy(), y[t : t + T].copy()) for t in range(0, width, T)]
