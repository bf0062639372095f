"""list.index, with an except for what is not there."""

def encode_text(text, symbols):
    out = []
    for c in text:
        try:
            out.append(symbols.index(c))
        except ValueError:
            out.append(0)
    return np.asarray(out, dtype=int)
