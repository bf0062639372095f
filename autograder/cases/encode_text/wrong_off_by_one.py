"""The numbers are one too small: the first letter has 0, which is the unknown symbol's."""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols[1:])}
    return np.array([number.get(c, 0) for c in text], dtype=int)
