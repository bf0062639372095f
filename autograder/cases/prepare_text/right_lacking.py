"""In random order, each group goes to the part that lacks most."""


def prepare_text(documents, shares, min_count, rng):
    same = {}
    for k, text in enumerate(documents):
        same.setdefault(" ".join(text.casefold().split()), []).append(k)
    groups = [same[key] for key in same]
    rng.shuffle(groups)
    left = sum(map(len, documents)) * np.asarray(shares, float)
    parts = ([], [], [])
    for group in groups:
        which = int(np.argmax(left))
        parts[which].extend(group)
        left[which] -= sum(len(documents[k]) for k in group)
    seen = "".join(documents[k] for k in parts[0])
    symbols = ["<unk>"] + [c for c in sorted(set(seen)) if seen.count(c) >= min_count]
    ids = [symbols.index(c) if c in symbols else 0 for text in documents for c in text]
    return (*parts, symbols, ids)
