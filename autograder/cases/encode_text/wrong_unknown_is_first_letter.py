"""Unknown characters get the number of the first letter."""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.array([number.get(c, 1) for c in text], dtype=int)
