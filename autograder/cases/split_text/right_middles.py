"""Each group of copies goes where the middle of it falls."""

def split_text(documents, shares, rng):
    groups = {}
    for k, text in enumerate(documents):
        groups.setdefault(" ".join(text.lower().split()), []).append(k)
    groups = list(groups.values())
    order = rng.permutation(len(groups))
    sizes = np.array([sum(len(documents[k]) for k in groups[g]) for g in order])
    middle = (np.cumsum(sizes) - sizes / 2) / sizes.sum()
    part = np.searchsorted(np.cumsum(shares)[:2], middle)
    parts = [[k for g, p in zip(order, part) if p == which for k in groups[g]] for which in range(3)]
    return tuple(parts)
