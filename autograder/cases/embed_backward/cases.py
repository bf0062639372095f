"""The gradient of the embedding matrix. The oracle is the one-hot product's transpose."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL
from autograder.checks.contract import SIZE, Contract

FUNCTIONS = ("embed_backward",)
EQUATION = "embedding-backward"
PAGE = "ch01_rnn/padding"
DEMANDS = ("float32", "sizes of 1", "views")
CONTRACT = Contract(takes={"dout": "T B D", "ids": "T B", "vocab": SIZE}, returns={"dE": "vocab D: the gradient of E"})

SHAPES = [("all sizes different", 5, 3, 7, 4), ("one symbol", 1, 1, 1, 1), ("one step", 1, 4, 6, 2),
          ("more symbols than places", 2, 2, 9, 3)]  # fmt: skip


def one_hot(ids, K):
    return (ids[..., None] == np.arange(K)).astype(float)


def one(name, dout, ids, K, rtol=RTOL):
    want = np.einsum("tbk,tbd->kd", one_hot(ids, K), dout)
    return Case(name, lambda f: {"dE": f.embed_backward(dout, ids, K)}, {"dE": want}, {"dE": "KD"}, rtol=rtol)


def cases(rng):
    for name, T, B, K, D in SHAPES:
        yield one(name, rng.normal(size=(T, B, D)), rng.integers(0, K, (T, B)), K)
    dout = rng.normal(size=(4, 3, 2))
    yield one("one symbol everywhere", dout, np.full((4, 3), 1), 5)
    yield one("no symbol twice", dout, rng.permutation(12).reshape(4, 3), 15)
    yield one("one symbol repeated in one row of the batch only", dout, np.array([[0, 1, 2]] * 4), 4)
    yield one("a repetition within one step only", dout[:1], np.array([[3, 0, 3]]), 5)
    only = np.zeros_like(dout)
    only[-1] = dout[-1]
    yield one("a gradient at the last step only", only, rng.integers(0, 5, (4, 3)), 5)
    yield one("ids as small integers", dout, rng.integers(0, 5, (4, 3)).astype(np.uint8), 5)
    yield one("float32 arguments", dout.astype(np.float32), rng.integers(0, 5, (4, 3)), 5, rtol=1e-4)
    for name, other in layouts(dout):
        yield one(name, other, rng.integers(0, 5, (4, 3)), 5)
