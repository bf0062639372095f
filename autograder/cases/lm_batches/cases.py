"""One text as streams. Any order of streams is right, so the promised properties are judged, on a text whose every
symbol stands in it once: the place of each input is known.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import SIZE, Contract, Listing

FUNCTIONS = ("lm_batches",)
EQUATION = "lm-batches"
PAGE = "ch07_language/training"
DEMANDS = ("sizes of 1",)
CONTRACT = Contract(
    takes={"ids": "N", "T": SIZE, "B": SIZE},
    returns={
        "batches": Listing(
            {"inputs": "whole t B", "targets": "whole t B"}, "where t is T, or less in the last one: see above"
        )
    },
)


def named(pairs):
    """The arrays by name. Raises ValueError, in words, for what is no list of pairs."""
    if not isinstance(pairs, list | tuple) or len(pairs) == 0:
        raise ValueError("the result is no list of pairs, or an empty one")
    out = {}
    for k, pair in enumerate(pairs):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise ValueError(f"element {k} of the list is no pair (inputs, targets)")
        out[f"inputs of piece {k}"], out[f"targets of piece {k}"] = pair
    return out


def promised(ids, T, B):
    """The judge of all properties, for a text without repetitions."""
    place = {int(symbol): k for k, symbol in enumerate(ids)}
    where = np.vectorize(lambda symbol: place.get(int(symbol), -1), otypes=[int])

    def judge(outputs):
        n = len(outputs) // 2
        pieces = [
            (np.asarray(outputs[f"inputs of piece {k}"]), np.asarray(outputs[f"targets of piece {k}"]))
            for k in range(n)
        ]
        for k, (x, y) in enumerate(pieces):
            if x.shape != y.shape or x.ndim != 2 or x.shape[1] != B:
                return f"piece {k} has shapes {x.shape} and {y.shape}, expected (t, B) with B={B} for both"
            if not (1 <= x.shape[0] <= T if k == n - 1 else x.shape[0] == T):
                return f"piece {k} of {n} has {x.shape[0]} steps, expected {T}, or 1 to {T} in the last one"
        places = [(where(x), where(y)) for x, y in pieces]
        for k, (x, y) in enumerate(places):
            if (x < 0).any() or (y < 0).any():
                return f"piece {k} holds symbols that are not in the text"
            if (y != x + 1).any():
                return f"in piece {k} a target is not the symbol that follows its input in the text"
            if (x[1:] != y[:-1]).any():
                return f"within piece {k} a column does not read on in the text"
        for k in range(n - 1):
            if (places[k + 1][0][0] != places[k][1][-1]).any():
                return f"a column of piece {k} does not go on in the same column of the next: its state could not be carried"
        seen = np.concatenate([y.ravel() for _, y in places])
        if len(np.unique(seen)) < len(seen):
            return "a symbol of the text is a target more than once"
        missing = len(ids) - 1 - len(seen)
        if missing >= B or (missing and seen.max() != len(seen)):
            return f"{missing} symbols are never a target; only at the end of the text fewer than B={B} may be left out"
        return None

    return judge


def cases(rng):
    for N, T, B in [
        (23, 4, 3),
        (25, 4, 3),
        (31, 5, 3),
        (40, 7, 4),
        (12, 3, 1),
        (9, 20, 2),
        (6, 2, 5),
        (30, 1, 4),
        (61, 6, 5),
    ]:
        ids = rng.permutation(N) + 10
        yield Case(
            f"{N} symbols, T={T}, B={B}", lambda f, a=(ids, T, B): named(f.lm_batches(*a)), judge=promised(ids, T, B)
        )
    ids = rng.permutation(int(rng.integers(30, 60)))
    T, B = int(rng.integers(2, 7)), int(rng.integers(2, 6))
    yield Case("a text of random length", lambda f: named(f.lm_batches(ids, T, B)), judge=promised(ids, T, B))
