"""Unknown characters are left out. The text gets shorter, and what stood around them becomes neighbours."""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.array([number[c] for c in text if c in number], dtype=int)
