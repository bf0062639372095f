"""min_count is not looked at: symbols that occur once are in."""


def vocabulary(text, min_count):
    return ["<unk>", *sorted(set(text))]
