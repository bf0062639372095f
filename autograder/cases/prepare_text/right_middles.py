"""Each group of copies goes where the middle of it falls."""


def prepare_text(documents, shares, min_count, rng):
    groups = {}
    for k, text in enumerate(documents):
        groups.setdefault(" ".join(text.lower().split()), []).append(k)
    groups = list(groups.values())
    order = rng.permutation(len(groups))
    sizes = np.array([sum(len(documents[k]) for k in groups[g]) for g in order])
    middle = (np.cumsum(sizes) - sizes / 2) / sizes.sum()
    part = np.searchsorted(np.cumsum(shares)[:2], middle)
    parts = [[k for g, p in zip(order, part) if p == which for k in groups[g]] for which in range(3)]
    counts = {}
    for k in parts[0]:
        for c in documents[k]:
            counts[c] = counts.get(c, 0) + 1
    known = sorted([c for c, n in counts.items() if n >= min_count], key=ord)
    place = dict(zip(known, range(1, len(known) + 1)))
    return *parts, ["<unk>", *known], np.array([place.get(c, 0) for c in "".join(documents)], dtype=np.int32)
