"""A symbol that occurs exactly min_count times is left out. At least so many is asked for."""
from collections import Counter


def vocabulary(text, min_count):
    counts = Counter(text)
    return ["<unk>", *sorted(c for c in counts if counts[c] > min_count)]
