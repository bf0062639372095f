"""Each group draws a number; sorted by it, they are cut at the two boundaries."""


def prepare_text(documents, shares, min_count, rng):
    plain = [" ".join(text.upper().split()) for text in documents]
    number = {}
    for text in plain:
        if text not in number:
            number[text] = rng.random()
    total, done, parts = sum(map(len, documents)), 0, ([], [], [])
    for text in sorted(number, key=number.get):
        group = [k for k, other in enumerate(plain) if other == text]
        size = sum(len(documents[k]) for k in group)
        place = (done + size / 2) / total
        parts[0 if place < shares[0] else 1 if place < shares[0] + shares[1] else 2].extend(group)
        done += size
    letters, counts = np.unique(list("".join([documents[k] for k in parts[0]])), return_counts=True)
    known = [str(c) for c in letters[counts >= min_count]]
    table = str.maketrans({c: chr(k + 1) for k, c in enumerate(known)})
    ids = [ord(c.translate(table)) if c in known else 0 for c in "".join(documents)]
    return *[sorted(part) for part in parts], ["<unk>", *known], np.array(ids, dtype=int)
