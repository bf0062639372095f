"""Each symbol of the set is counted by itself."""

def vocabulary(text, min_count):
    kept = [c for c in set(text) if text.count(c) >= min_count]
    kept.sort(key=ord)
    return ["<unk>", *kept]
