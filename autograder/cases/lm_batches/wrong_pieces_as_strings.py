"""Each column of each piece is the next piece of the text: a column does not go on in the same column, so the state cannot be carried."""

def lm_batches(ids, T, B):
    width = (len(ids) - 1) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[1 : B * width + 1].reshape(B, width).T
    n = len(ids) - 1
    parts = [(ids[s : min(s + T, n)], ids[s + 1 : min(s + T, n) + 1]) for s in range(0, n, T)]
    parts = [p for p in parts if len(p[0]) == min(T, n)]
    rows = [parts[k : k + B] for k in range(0, len(parts), B)]
    return [(np.stack([p[0] for p in r], axis=1), np.stack([p[1] for p in r], axis=1)) for r in rows]
