"""The rare symbols are kept and the frequent ones are not."""
from collections import Counter


def vocabulary(text, min_count):
    counts = Counter(text)
    return ["<unk>", *sorted(c for c in counts if counts[c] < min_count)]
