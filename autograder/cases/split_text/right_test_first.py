"""The test part is filled first, then validation, and training gets the rest. Sorted indices, as arrays."""

def split_text(documents, shares, rng):
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
    return np.flatnonzero(np.isin(of, groups)), validation, test
