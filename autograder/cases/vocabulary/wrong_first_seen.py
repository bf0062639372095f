"""The symbols stand in the order in which the text brings them."""
from collections import Counter


def vocabulary(text, min_count):
    return ["<unk>", *(c for c, n in Counter(text).items() if n >= min_count)]
