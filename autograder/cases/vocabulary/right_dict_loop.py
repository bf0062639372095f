"""A dict, filled in a loop; sorted first, then chosen."""

def vocabulary(text, min_count):
    seen = {}
    for c in text:
        seen[c] = seen.get(c, 0) + 1
    out = ["<unk>"]
    for c in sorted(seen):
        if not seen[c] < min_count:
            out.append(c)
    return out
