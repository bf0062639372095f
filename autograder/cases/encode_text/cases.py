"""Characters as numbers. The oracle draws the numbers first and makes the text of them."""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("encode_text",)
EQUATION = "unknown-symbol"
PAGE = "capstone"
CONTRACT = Contract(takes={"text": None}, returns={"ids": "whole N"})
KNOWN = "\n ,.ABCabcde" + chr(0xDF) + chr(0x1F600)
STRANGE = "DXYxyz?!0" + chr(0xE9) + chr(0x4E2D)


def one(rng, name, n, unknown, known=KNOWN):
    """A text of n characters of which a share is unknown, with the numbers it was made of."""
    letters = sorted(rng.choice(list(known), size=max(1, len(known) - 2), replace=False)) if known else []
    symbols = ["<unk>", *map(str, letters)]
    ids = np.where(rng.random(n) < unknown, 0, rng.integers(1, max(2, len(symbols)), size=n))
    text = "".join(symbols[k] if k else str(rng.choice(list(STRANGE))) for k in ids)
    return Case(name, lambda f: {"ids": f.encode_text(text, symbols)}, {"ids": ids})


def cases(rng):
    yield one(rng, "every character is known", 20, 0.0)
    for n in (15, 40, 80):
        yield one(rng, f"{n} characters, some unknown", n, 0.3)
    yield one(rng, "every character is unknown", 12, 1.0)
    yield one(rng, "a vocabulary with nothing but <unk>", 7, 1.0, "")
    yield one(rng, "one character", 1, 0.0)
    yield one(rng, "an empty text", 0, 0.0)
    symbols = ["<unk>", "<", "k", "n", "u"]
    yield Case("a text in which <unk> is written out", lambda f: {"ids": f.encode_text("nu<unk>", symbols)},
               {"ids": np.array([3, 4, 1, 4, 3, 2, 0])})  # fmt: skip


EXPLAINED = {
    r"dtype=int.* became": "Whole numbers make an integer array by themselves; only an empty one would differ."
}
