"""Counted at once."""

def vocabulary(text, min_count):
    counts = Counter(text)
    return ["<unk>"] + sorted(c for c, n in counts.items() if n >= min_count)
