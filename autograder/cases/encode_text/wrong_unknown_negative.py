"""Unknown characters get -1, which as an index means the last symbol."""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.array([number.get(c, -1) for c in text], dtype=int)
