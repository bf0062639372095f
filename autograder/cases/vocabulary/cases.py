"""The symbols of a text. The oracle walks the code points from the lowest and counts each in the text."""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Listing

FUNCTIONS = ("vocabulary",)
EQUATION = "unknown-symbol"
PAGE = "capstone"
CONTRACT = Contract(takes={"text": None}, returns={"symbols": Listing("texts", "the unknown one first")})
LETTERS = "abcdeABC .,\n\t" + chr(0xE9) + chr(0xDF) + chr(0x1F600)


def text(rng, n):
    """Letters with very unequal frequencies, so that many counts occur."""
    p = rng.dirichlet(np.full(len(LETTERS), 0.7))
    return "".join(rng.choice(list(LETTERS), size=n, p=p))


def expected(text, min_count):
    return [code for code in sorted({ord(c) for c in text}) if sum(ord(c) == code for c in text) >= min_count]


def one(name, text, min_count):
    want = expected(text, min_count)

    def run(f):
        found = f.vocabulary(text, min_count)
        codes = [ord(symbol) if len(symbol) == 1 else -1 for symbol in found]
        return {"the number of symbols": len(found), "the list of symbols": np.array(codes)}

    return Case(name, run, {"the number of symbols": len(want) + 1,
                            "the list of symbols": np.array([-1, *want])})  # fmt: skip


def cases(rng):
    fixed = "b" * 5 + "a" * 3 + "B" * 3 + "\n" * 4 + " " * 4 + chr(0xE9) * 3 + "z" * 2 + "A" * 1 + chr(0x1F600)
    mixed = "".join(fixed[k] for k in rng.permutation(len(fixed)))
    for least in (1, 2, 3, 4):
        yield one(f"a short text, min_count={least}", mixed, least)
    yield one("a text that stands in reverse order", "ccbbaa", 2)
    for n, least in [(60, 2), (200, 5), (400, 20)]:
        yield one(f"{n} characters, min_count={least}", text(rng, n), least)
    yield one("no symbol is frequent enough", "abc", 2)
    yield one("an empty text", "", 1)
