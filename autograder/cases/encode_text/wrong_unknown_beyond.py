"""Unknown characters get a number beyond the vocabulary."""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.array([number.get(c, len(symbols)) for c in text], dtype=int)
