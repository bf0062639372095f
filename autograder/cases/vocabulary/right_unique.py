"""With numpy.unique over code points."""

def vocabulary(text, min_count):
    codes, counts = np.unique(np.array([ord(c) for c in text], dtype=int), return_counts=True)
    return ["<unk>"] + [chr(code) for code in codes[counts >= min_count]]
