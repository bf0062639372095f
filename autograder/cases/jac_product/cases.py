"""Products of Jacobians. The oracle carries every unit vector through the steps, one matrix times one vector at a time."""

import numpy as np

from autograder.checks.case import Case, layouts
from autograder.checks.contract import Contract

FUNCTIONS = ("jac_product",)
EQUATION = "jacobian-product"
PAGE = "ch03_gradients/products"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"J": "T B H H"}, returns={"product": "B H H"})


def carried(J, s, t):
    """Column j: where the unit vector j comes to."""
    B, H = J.shape[1:3]
    out = np.empty((B, H, H))
    for n in range(B):
        for j in range(H):
            v = np.eye(H)[j]
            for k in range(s + 1, t + 1):
                v = np.array([sum(J[k - 1, n, i, m] * v[m] for m in range(H)) for i in range(H)])
            out[n, :, j] = v
    return out


def one(name, J, s, t):
    return Case(name, lambda f: {"product": f.jac_product(J, s, t)}, {"product": carried(J, s, t)})


def cases(rng):
    J = rng.normal(size=(6, 2, 4, 4))
    for s, t in [(0, 6), (0, 3), (2, 5), (3, 6), (1, 2), (4, 6)]:
        yield one(f"from step {s} to step {t}", J, s, t)
    for s in (0, 3, 6):
        yield one(f"the empty product, s = t = {s}", J, s, s)
    yield one("one unit", rng.normal(size=(5, 3, 1, 1)), 1, 4)
    yield one("one sequence of one step", rng.normal(size=(1, 1, 3, 3)), 0, 1)
    for name, other in layouts(J):
        yield one(name, other, 1, 4)
