"""Clipping by the joint norm. The oracle joins all entries in one vector and takes NumPy's norm of it."""

import numpy as np

from autograder.checks.calls import StudentError
from autograder.checks.case import Case, layouts
from autograder.checks.compare import RTOL, agree
from autograder.checks.contract import Contract, Like

FUNCTIONS = ("clip_by_norm",)
EQUATION = "clip-by-norm"
PAGE = "ch03_gradients/clipping"
DEMANDS = ("arguments stay as they are", "float32", "views", "large numbers")
CONTRACT = Contract(
    takes={"grads": None}, returns={"clipped": Like("grads"), "norm": ": the joint norm before clipping"}
)


def draw(rng, norm):
    """Gradients of a network, their joint norm as wanted."""
    grads = {"V": rng.normal(size=(3, 4)), "W": 3 * rng.normal(size=(3, 3)), "b": 0.2 * rng.normal(size=3)}
    now = np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))
    return {key: g * (norm / now) for key, g in grads.items()}


def named(result, grads):
    """(clipped, norm) by name."""
    clipped, norm = result
    return {**{f"clipped {key}": clipped[key] for key in grads}, "norm": norm}


def wanted(grads, thr):
    every = np.concatenate([np.asarray(g, float).ravel() for g in grads.values()])
    top = np.abs(every).max() or 1.0  # squares may overflow
    norm = top * np.linalg.norm(every / top)
    scale = thr / norm if norm > thr else 1.0
    return {**{f"clipped {key}": scale * g for key, g in grads.items()}, "norm": norm}


def one(name, grads, thr, rtol=RTOL):
    """The tolerance admits a millionth in the denominator, as libraries have it."""
    return Case(name, lambda f: named(f.clip_by_norm(grads, thr), grads), wanted(grads, thr), rtol=rtol)


def unchanged(name, grads, thr):
    def judge(outputs):
        moved = [key for key in grads if not agree(outputs[f"clipped {key}"], grads[key], RTOL)]
        return f"{moved[0]} was changed, though the norm is not above the threshold" if moved else None

    return Case(
        name,
        lambda f: named(f.clip_by_norm(grads, thr), grads),
        {"norm": wanted(grads, thr)["norm"]},
        judge=judge,
    )


def overflowing(grads, thr):
    """The norm is compared in units of 1e200, so that comparing it overflows nothing."""
    unit = lambda outputs: {**outputs, "norm": outputs["norm"] / 1e200}  # noqa: E731
    return Case(
        "gradients whose squares overflow",
        lambda f: unit(named(f.clip_by_norm(grads, thr), grads)),
        unit(wanted(grads, thr)),
    )


def raised(f, grads):
    """1 for a FloatingPointError or one of its kind, 0 for another error, -1 if a norm was returned, -2 if NaN or infinity."""
    try:
        _, norm = f.clip_by_norm(grads, 1.0)
    except StudentError as error:
        return 1.0 if "FloatingPointError" in error.args[0].kinds.split() else 0.0
    return -1.0 if np.all(np.isfinite(np.asarray(norm, float))) else -2.0


def heard(outputs):
    said = float(np.asarray(outputs["raised"], float))
    return (
        None
        if said == 1
        else (
            "it returned, as if nothing were wrong" if said < 0 else "another error was raised, not FloatingPointError"
        )
    )


def cases(rng):
    grads = draw(rng, 7.0)
    yield one("well above the threshold", grads, 2.0)
    yield one("above the threshold, which is one", draw(rng, 40.0), 1.0)
    yield one("a little above the threshold", draw(rng, 2.5), 2.0)
    yield unchanged("below the threshold", draw(rng, 2.0), 3.0)
    yield unchanged("far below the threshold", draw(rng, 1.5), 100.0)
    yield one(
        "each array below the threshold, all together above it", {f"p{k}": np.full(4, 0.75) for k in range(6)}, 2.0
    )
    yield one("one array", {"W": 5 * rng.normal(size=(4, 4)) + 1}, 1.5)
    yield one("negative entries that are the largest", {"a": -9 * np.ones(3), "b": rng.normal(size=5)}, 3.0)
    yield unchanged("a gradient of zeros", {"W": np.zeros((2, 3)), "b": np.zeros(2)}, 1.0)
    yield one("float32 gradients", {key: g.astype(np.float32) for key, g in grads.items()}, 2.0, rtol=1e-4)
    yield one("float32 gradients whose squares overflow", {"W": np.full(4, 1e20, np.float32)}, 1.0, rtol=1e-4)
    yield overflowing({"W": -1e200 * np.abs(grads["W"]), "b": grads["b"]}, 1.0)
    for name, other in layouts(grads["V"], read_only=True):
        yield one(name, {**grads, "V": other}, 2.0)
    bad = {**grads, "b": np.array([1.0, np.nan, 2.0])}
    yield Case("NaN in one array: it has to raise", lambda f: {"raised": raised(f, bad)}, judge=heard)
    worse = {**grads, "W": np.full((3, 3), np.inf)}
    yield Case("infinity in one array: it has to raise", lambda f: {"raised": raised(f, worse)}, judge=heard)


EXPLAINED = {
    r"`1.0` became `2.0` in `unit": "Where all entries are zero, any unit will do.",
    r"`norm > thr` became `norm >= thr`": "At the threshold itself the factor is thr / thr, which is one.",
}
