"""Collects every stream in a list, and cuts then."""

def lm_batches(ids, T, B):
    w = (len(ids) - 1) // B
    streams = [ids[b * w : (b + 1) * w + 1] for b in range(B)]
    pairs, t = [], 0
    while t < w:
        end = min(t + T, w)
        x = np.array([s[t:end] for s in streams]).T
        y = np.array([s[t + 1 : end + 1] for s in streams]).T
        pairs.append((x, y))
        t = end
    return pairs
