"""A dict with a default."""

def encode_text(text, symbols):
    number = {s: k for k, s in enumerate(symbols)}
    return np.array([number.get(c, 0) for c in text], dtype=np.int64)
