"""Symbol by symbol, where it stands in the text."""

def encode_text(text, symbols):
    letters = np.array(list(text), dtype="U1")
    ids = np.zeros(len(letters), dtype=int)
    for k, symbol in enumerate(symbols):
        if len(symbol) == 1:
            ids[letters == symbol] = k
    return ids
