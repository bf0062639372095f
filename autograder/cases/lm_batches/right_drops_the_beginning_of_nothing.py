"""By array_split of the time axis."""

def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    cuts = list(range(T, width, T))
    x = np.split(ids[: B * width].reshape(B, -1).T, cuts)
    y = np.split(ids[1 : 1 + B * width].reshape(B, -1).T, cuts)
    return list(zip(x, y))
