"""A character that is not in the vocabulary raises an error.

Diagnosis: raises
"""
import numpy as np


def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.array([number[c] for c in text], dtype=int)
