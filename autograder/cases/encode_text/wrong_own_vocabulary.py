"""The numbers come from the characters of this very text. Then another text would have other numbers."""
import numpy as np


def encode_text(text, symbols):
    own = sorted(set(text))
    return np.array([1 + own.index(c) if c in symbols else 0 for c in text], dtype=int)
