"""Blanks and line breaks are left out. They are symbols like others."""
from collections import Counter


def vocabulary(text, min_count):
    counts = Counter("".join(text.split()))
    return ["<unk>", *sorted(c for c in counts if counts[c] >= min_count)]
