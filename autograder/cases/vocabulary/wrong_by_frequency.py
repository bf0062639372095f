"""The symbols stand in the order of their frequency."""
from collections import Counter


def vocabulary(text, min_count):
    return ["<unk>", *(c for c, n in Counter(text).most_common() if n >= min_count)]
