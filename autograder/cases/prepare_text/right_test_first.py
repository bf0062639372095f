"""The test part is filled first, then validation, and training gets the rest. Sorted indices, as arrays."""


def prepare_text(documents, shares, min_count, rng):
    keys, of = np.unique(["".join(text.split()).lower() for text in documents], return_inverse=True)
    lengths = np.array([len(text) for text in documents])
    groups = list(rng.permutation(len(keys)))
    taken = []
    for share in (shares[2], shares[1]):
        part, size = [], 0
        while size + lengths[of == groups[-1]].sum() / 2 < share * lengths.sum():
            g = groups.pop()
            part.append(g)
            size += lengths[of == g].sum()
        taken.append(part)
    test, validation = (np.flatnonzero(np.isin(of, part)) for part in taken)
    train = np.flatnonzero(np.isin(of, groups))
    counts = Counter()
    for k in train:
        counts.update(documents[k])
    symbols = ["<unk>"]
    for c in sorted(counts):
        if counts[c] >= min_count:
            symbols.append(c)
    ids = np.zeros(sum(map(len, documents)), dtype=int)
    every = np.array(list("".join(documents)))
    for k, symbol in enumerate(symbols[1:], start=1):
        ids[every == symbol] = k
    return train, validation, test, symbols, ids
