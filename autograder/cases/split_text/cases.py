"""A text of documents in three parts. Any random split is right, so the promised properties are judged.

In 40 draws with shares of 0.4 a document misses the training or the test part with a probability below 1e-8.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("split_text",)
EQUATION = "text-split"
PAGE = "capstone"
CONTRACT = Contract(
    takes={"documents": "N"},
    returns={"train": "whole n: indices, in any order", "validation": "whole m", "test": "whole k"},
)
NAMES = ("train", "validation", "test")


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


def parts(found):
    """The three parts by name. Raises ValueError, in words, for what are no three lists of indices."""
    if not isinstance(found, list | tuple) or len(found) != 3:
        raise ValueError("the result is no tuple of three parts")
    arrays = [np.asarray(part) for part in found]
    if any(array.ndim != 1 or (array.size and array.dtype.kind not in "iu") for array in arrays):
        raise ValueError("a part is no list of indices, which are integers")
    return dict(zip(NAMES, arrays))


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
        return parts(f.split_text(documents, shares, np.random.default_rng(seed)))

    return Case(name, run, judge=lambda split: trouble(documents, shares, split))


def draws(name, rng, documents, shares, n, spread):
    """n splits of the same documents. spread: each document must come into the test part, and no two be the same."""
    seeds = [int(k) for k in rng.integers(2**32, size=n)]

    def run(f):
        out = {}
        for k, seed in enumerate(seeds):
            split = parts(f.split_text(documents, shares, np.random.default_rng(seed)))
            out |= {f"{part} of draw {k}": split[part] for part in NAMES}
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

    return Case(name, run, judge=judge)


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
