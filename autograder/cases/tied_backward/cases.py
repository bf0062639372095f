"""A tied embedding, backward. The oracle is the complex step on E through the whole of it: entrance, network and exit.

The network between is a vanilla RNN with weights of its own. Its backward pass, which the student is handed, is written
here row by row; the oracle does not use it.
"""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract
from rnncore.gradcheck import complex_step

FUNCTIONS = ("tied_backward",)
EQUATION = "tied-embedding"
PAGE = "ch07_language/training"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(
    takes={"dlogits": "T B K", "ids": "T B", "hs": "T B H", "E": "K H", "backward": None},
    returns={"dE": "K H: from both places"},
)
AXES = {"dE": "KH"}


def forward(x, V, W):
    h, hs = 0 * x[0], []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T)
        hs.append(h)
    return np.stack(hs)


def backward_of(hs, V, W):
    """Return what takes the gradient on the states to that on the inputs."""

    def backward(dhs):
        dx, carry = np.zeros(hs.shape), np.zeros(hs.shape[1:])
        for t in reversed(range(len(hs))):
            dz = (1 - hs[t] ** 2) * (np.asarray(dhs)[t] + carry)
            dx[t], carry = dz @ V, dz @ W
        return dx

    return backward


def one(name, dlogits, ids, E, V, W, change=lambda a: a):
    hs = forward(np.asarray(E)[ids], V, W)
    loss = lambda E: np.sum(dlogits * (forward(E[ids], V, W) @ E.T))  # noqa: E731
    args = (change(dlogits), ids, hs, E, backward_of(hs, V, W))
    return Case(name, lambda f: {"dE": f.tied_backward(*args)}, {"dE": complex_step(loss, np.array(E))}, AXES)


def draw(rng, T, B, K, H):
    ids = rng.integers(K, size=(T, B))
    V, W = (rng.normal(size=(H, H)) / np.sqrt(H) for _ in range(2))
    return rng.normal(size=(T, B, K)), ids, rng.normal(size=(K, H)), V, W


def cases(rng):
    for T, B, K, H in (
        (5, 3, 4, 6),
        (4, 2, 6, 3),
        (6, 4, 2, 5),
        (3, 2, 4, 4),
        (4, 1, 5, 3),
        (1, 3, 4, 2),
        (1, 1, 1, 1),
    ):
        yield one(f"T={T}, B={B}, K={K}, H={H}", *draw(rng, T, B, K, H))
    dlogits, _, E, V, W = draw(rng, 5, 3, 7, 4)
    yield one("the same symbol everywhere", dlogits, np.full((5, 3), 2), E, V, W)
    yield one("symbols that are never read", dlogits, rng.integers(3, size=(5, 3)), E, V, W)
    ids = rng.integers(7, size=(5, 3))
    yield one("a gradient at the last step only", dlogits * (np.arange(5) == 4)[:, None, None], ids, E, V, W)
    yield one("a network that forgets", dlogits, ids, E, V, 0 * W)
    for name, other in layouts(dlogits):
        yield one(name, dlogits, ids, E, V, W, lambda _, other=other: other)
    for name, other in layouts(E):
        yield one(f"{name}, E", dlogits, ids, other, V, W)
