"""There is no symbol for what is unknown."""
from collections import Counter


def vocabulary(text, min_count):
    counts = Counter(text)
    return sorted(c for c in counts if counts[c] >= min_count)
