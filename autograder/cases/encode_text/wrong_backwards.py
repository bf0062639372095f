"""The text is encoded from its end."""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.array([number.get(c, 0) for c in text[::-1]], dtype=int)
