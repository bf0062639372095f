"""In random order, each group goes to the part that lacks most."""

def split_text(documents, shares, rng):
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
    return parts
