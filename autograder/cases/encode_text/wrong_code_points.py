"""These are code points. The numbers asked for are places in symbols."""
import numpy as np


def encode_text(text, symbols):
    return np.array([ord(c) for c in text], dtype=int)
