"""A search in the sorted code points, and a look whether it was found."""

def encode_text(text, symbols):
    known = np.array([ord(s) for s in symbols[1:]], dtype=int)
    codes = np.array([ord(c) for c in text], dtype=int)
    if not len(known):
        return np.zeros(len(codes), dtype=int)
    place = np.searchsorted(known, codes)
    place = np.minimum(place, len(known) - 1)
    return np.where(known[place] == codes, place + 1, 0)
