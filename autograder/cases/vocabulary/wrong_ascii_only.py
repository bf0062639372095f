"""Letters beyond ASCII are left out."""
from collections import Counter


def vocabulary(text, min_count):
    counts = Counter(text)
    return ["<unk>", *sorted(c for c in counts if counts[c] >= min_count and c.isascii())]
