"""Capital letters are taken for small ones."""
from collections import Counter


def vocabulary(text, min_count):
    counts = Counter(text.lower())
    return ["<unk>", *sorted(c for c in counts if counts[c] >= min_count)]
