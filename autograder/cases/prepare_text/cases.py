"""A text of documents in three parts, its symbols, and the text in numbers. Any random split is right, so the promised
properties are judged. The symbols and numbers are those that follow from the training part that came back.

In 40 draws with shares of 0.4 a document misses the training or the test part with a probability below 1e-8.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Listing

FUNCTIONS = ("prepare_text",)
EQUATION = "text-split"
PAGE = "capstone"
CONTRACT = Contract(
    takes={"documents": "N"},
    returns={
        "train": "whole n: indices, in any order",
        "validation": "whole m",
        "test": "whole k",
        "symbols": Listing("texts", "the unknown one first"),
        "ids": "whole M: a number for each character of all documents",
    },
)
NAMES = ("train", "validation", "test")
SPLIT, NUMBERS = "the split", "the symbols and numbers"
PARTS = {SPLIT: 0.6, NUMBERS: 0.4}


def text(rng, words):
    letters = rng.integers(ord("a"), ord("k"), size=4 * words, dtype=np.uint8).tobytes().decode()
    return " ".join(letters[k : k + 4] for k in range(0, len(letters), 4))


def collection(rng, lengths, copies, changed):
    """Documents of so many words, and copies of some, in random order; changed: copies differ in case and space."""
    documents = [text(rng, n) for n in lengths]
    found = []
    for k in rng.permutation(len(documents))[:copies].tolist():
        copy = documents[k]
        if changed:
            copy = [copy.upper(), copy.capitalize(), copy.replace(" ", "  ", 1) + "\n", copy.title() + " "][k % 4]
        found.append(copy)
    every = documents + found
    return [every[k] for k in rng.permutation(len(every))]


def trouble(documents, shares, split):
    """What is wrong with one split, in words, or None."""
    where = {}
    for name in NAMES:
        for k in np.asarray(split[name]).tolist():
            if not 0 <= k < len(documents):
                return f"the {name} part has the index {k}, and there are {len(documents)} documents"
            if k in where:
                return f"a document of the {name} part is in the {where[k]} part already, or twice in one"
            where[k] = name
    if len(where) < len(documents):
        return f"{len(documents) - len(where)} of {len(documents)} documents are in no part"
    first = {}
    for k, document in enumerate(documents):
        same = " ".join(document.lower().split())
        if where[first.setdefault(same, k)] != where[k]:
            return f"two documents with the same text are in the {where[first[same]]} and in the {where[k]} part"
    total = sum(map(len, documents))
    for name, share in zip(NAMES, shares):
        got = sum(len(documents[k]) for k in where if where[k] == name) / total
        if abs(got - share) > 0.1:
            return f"the {name} part has {got:.0%} of the characters, and {share:.0%} were asked for"
    return None


def one(name, rng, documents, shares):
    seed = int(rng.integers(2**32))

    def run(f):
        return dict(zip(NAMES, f.prepare_text(documents, shares, 1, np.random.default_rng(seed))))

    return Case(name, run, judge=lambda split: trouble(documents, shares, split), part=SPLIT)


def draws(name, rng, documents, shares, n, spread):
    """n splits of the same documents. spread: each document must come into the test part, and no two be the same."""
    seeds = [int(k) for k in rng.integers(2**32, size=n)]

    def run(f):
        out = {}
        for k, seed in enumerate(seeds):
            split = f.prepare_text(documents, shares, 1, np.random.default_rng(seed))
            out |= {f"{part} of draw {k}": found for part, found in zip(NAMES, split)}
        return out

    def judge(outputs):
        tests = [frozenset(np.asarray(outputs[f"test of draw {k}"]).tolist()) for k in range(n)]
        if spread and len(set(tests)) == 1:
            return "every generator gives the same test part: the split does not come from rng"
        for k in range(n):
            split = {part: outputs[f"{part} of draw {k}"] for part in NAMES}
            if wrong := trouble(documents, shares, split):
                return f"in draw {k}, {wrong}"
        for part in ("test", "train") if spread else ():
            if len({int(k) for draw in range(n) for k in outputs[f"{part} of draw {draw}"]}) < len(documents):
                return f"some documents are never in the {part} part, in {n} draws: all must have a chance"
        return None

    return Case(name, run, judge=judge, part=SPLIT)


LETTERS = "abcdeABC .,\n\tzZ0" + chr(0xE9) + chr(0xDF) + chr(0x1F600)


def writing(rng, lengths):
    """Documents whose letters have very unequal frequencies, each with a favourite of its own."""
    p = rng.dirichlet(np.full(len(LETTERS), 0.7))
    own = [p + (np.arange(len(LETTERS)) == k % len(LETTERS)) * 0.1 for k in range(len(lengths))]
    return ["".join(rng.choice(list(LETTERS), size=n, p=q / q.sum())) for n, q in zip(lengths, own)]


def wanted(documents, train, min_count):
    """The symbols and the numbers that follow from a training part: each code point is counted from the lowest."""
    known = "".join(documents[k] for k in train)
    symbols = [chr(code) for code in sorted(set(map(ord, known))) if known.count(chr(code)) >= min_count]
    every = "".join(documents)
    ids = np.zeros(len(every), int)
    for k, symbol in enumerate(symbols, 1):
        ids[[at for at, c in enumerate(every) if c == symbol]] = k
    return ["<unk>", *symbols], ids


def numbered(name, rng, documents, min_count):
    """The symbols and the numbers, whatever the split is."""
    seed = int(rng.integers(2**32))

    def run(f):
        found = f.prepare_text(documents, (0.5, 0.2, 0.3), min_count, np.random.default_rng(seed))
        return dict(zip((*NAMES, "symbols", "ids"), found))

    def judge(outputs):
        train, got = np.asarray(outputs["train"]), outputs["symbols"]
        if not ((train >= 0) & (train < len(documents))).all():
            return f"the train part has indices that are none of {len(documents)} documents"
        symbols, ids = wanted(documents, train.tolist(), min_count)
        if got != symbols:
            return about_symbols(got, symbols, wanted(documents, range(len(documents)), min_count)[0])
        if len(outputs["ids"]) != len(ids):
            return f"ids has {len(outputs['ids'])} numbers, for {len(ids)} characters"
        wrong = np.flatnonzero(outputs["ids"] != ids)
        if len(wrong):
            at, c = int(wrong[0]), "".join(documents)[wrong[0]]
            return f"ids[{at}] is {outputs['ids'][at]}, where the character {c!r} has the number {ids[at]}"
        return None

    return Case(name, run, judge=judge, part=NUMBERS)


def about_symbols(got, want, leaked):
    """What is wrong with a list of symbols, in words."""
    if got == leaked:
        return "symbols are those of all documents: the vocabulary may know the training part alone"
    if "<unk>" not in got[:1]:
        return "symbols does not begin with '<unk>'"
    if sorted(got) == sorted(want):
        return "symbols has the right entries, but not sorted by code point"
    lacking, beyond = [c for c in want if c not in got], [c for c in got if c not in want]
    told = [f"lacks {lacking[:5]}" * bool(lacking), f"has {beyond[:5]}, which do not belong there" * bool(beyond)]
    return "symbols " + (" and ".join(filter(None, told)) or "has an entry twice")


def cases(rng):
    shares = (0.6, 0.2, 0.2)
    even = rng.integers(4, 9, size=32)
    yield one("32 documents, no copies", rng, collection(rng, even, 0, False), shares)
    yield one("other shares", rng, collection(rng, even, 0, False), (0.4, 0.1, 0.5))
    for k in range(4):
        yield one(f"copies among the documents, {k + 1}", rng, collection(rng, even, 6, False), shares)
    for k in range(4):
        yield one(
            f"copies in other case and with other white space, {k + 1}", rng, collection(rng, even, 6, True), shares
        )
    yield draws("two generators, and many", rng, collection(rng, even[:30], 2, True), (0.4, 0.2, 0.4), 40, True)
    uneven = np.concatenate([np.full(8, 24), np.full(60, 2)])
    yield draws("a few long documents and many short ones", rng, collection(rng, uneven, 0, False), shares, 15, False)
    for n, least in ((30, 1), (40, 3), (50, 6)):
        documents = writing(rng, rng.integers(n // 2, n, size=12))
        yield numbered(f"12 documents of about {n} characters, min_count={least}", rng, documents, least)
    full = ["".join(rng.permutation(list(2 * LETTERS)).tolist()) for _ in range(7)]
    yield numbered("every character in every document", rng, full, 2)
    once = ["a" * 6 + c + str(k) for k, c in enumerate("bcdefghijklmnopqrst")]
    yield numbered("a character of its own in each document", rng, once, 1)
    yield numbered("no symbol is frequent enough", rng, ["abc", "def", "ghi", "jkl"], 9)
    marked = ["nu<unk>", "<nnu>k", "u<unk>k<unk>", "kun<", "nukun>"]
    yield numbered("documents in which <unk> is written out", rng, marked, 1)
