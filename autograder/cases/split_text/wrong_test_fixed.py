"""Only the training part is drawn. The last documents are the test part in every draw."""
import numpy as np


def split_text(documents, shares, rng):
    groups = {}
    for k, text in enumerate(documents):
        groups.setdefault(" ".join(text.lower().split()), []).append(k)
    groups = list(groups.values())
    order = np.arange(len(groups))
    first = int(len(order) * (1 - shares[2]))
    order[:first] = rng.permutation(first)
    sizes = np.array([sum(len(documents[k]) for k in groups[g]) for g in order])
    middle = (np.cumsum(sizes) - sizes / 2) / sizes.sum()
    part = np.searchsorted(np.cumsum(shares)[:2], middle)
    parts = [[k for g, p in zip(order, part) if p == which for k in groups[g]] for which in range(3)]
    return tuple(parts)
