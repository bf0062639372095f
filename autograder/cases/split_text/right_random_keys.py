"""Each group draws a number; sorted by it, they are cut at the two boundaries."""

def split_text(documents, shares, rng):
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
    return [sorted(part) for part in parts]
