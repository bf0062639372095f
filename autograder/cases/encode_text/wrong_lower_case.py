"""Capital letters get the numbers of small ones."""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.array([number.get(c.lower(), 0) for c in text], dtype=int)
