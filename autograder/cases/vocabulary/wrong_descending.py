"""The symbols are sorted from the last to the first."""
from collections import Counter


def vocabulary(text, min_count):
    counts = Counter(text)
    return ["<unk>", *sorted((c for c in counts if counts[c] >= min_count), reverse=True)]
