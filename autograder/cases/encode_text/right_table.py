"""A table over all code points that can occur."""

def encode_text(text, symbols):
    table = np.zeros(0x110000, dtype=np.int32)
    for k in range(1, len(symbols)):
        table[ord(symbols[k])] = k
    return table[np.array([ord(c) for c in text], dtype=int)]
