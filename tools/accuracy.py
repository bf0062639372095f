"""How exact every function is: the largest error against forty digits, and its bound; `python -m tools.accuracy`.

Errors are counted in units in the last place (ulps) of the exact value, over the whole range of arguments, tails
included; below the smallest normal number an ulp is the smallest subnormal one. Two rows have another unit, and say so:

- a slope y (1 - y) or 1 - y^2 is made of the y that a cell keeps, and where y rounds to 1 no digit of it is left; its
  error is counted in units of eps, the distance from 1 to the next number;
- softmax and log-softmax take x - max(x), which rounds once: the error of the exponential is that of its argument, so
  they are counted in ulps times (1 + |x - max|) and in eps times (1 + |x - max|); a loss likewise, log-sum-exp in
  eps times (1 + max |x|).

With --json FILE the table is kept, as the book shows it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import mpmath
import numpy as np

from rnncore import layers, ops
from rnncore.engines import run, run_backward
from rnncore.ops import sigmoid, tanh
from rnncore.types import Cell, Params, Stage

__all__ = ["BOUND", "Row", "main", "rows", "ulps"]

BOUND = 4.0
"""The most that any row may have, in its unit."""
LOW = {"float32": -105.0, "float64": -746.0}
"""Where the exponential of this dtype ends."""


class Row(NamedTuple):
    """A function, where it runs, its dtype, the largest error that was found, in which unit, and at which argument."""

    function: str
    where: str
    dtype: str
    error: float
    unit: str
    at: float


def ulps(found: np.ndarray, exact: list[Any]) -> np.ndarray:
    """Return the error of each entry of `found` in units in the last place of its exact value, an mpmath number."""
    kind, errors = np.finfo(found.dtype), []
    for got, want in zip(found.tolist(), exact, strict=True):
        with mpmath.workdps(40):
            binade = max(mpmath.frexp(want)[1] - 1, int(kind.minexp))
            errors.append(float(abs(got - want) / mpmath.ldexp(1, binade - kind.nmant)))
    return np.array(errors)


def samples(dtype: str, count: int) -> np.ndarray:
    """Return arguments over the whole range, many near 0, and far ones."""
    rng = np.random.default_rng(0)
    wide, near = rng.uniform(LOW[dtype], 45, count), rng.uniform(-5, 5, count)
    tiny = rng.normal(size=count // 4) * 10.0 ** rng.integers(-30, -1, count // 4)
    return np.concatenate([wide, near, tiny, [0.0, -17, -20, -36, 30, 1000, -1000]]).astype(dtype)


def exact(function: Callable[[Any], Any], x: np.ndarray) -> list[Any]:
    """Return function(x) of each entry to forty digits."""
    with mpmath.workdps(40):
        return [function(mpmath.mpf(float(v))) for v in x]


def exact_sigmoid(x: Any) -> Any:
    """Return the sigmoid of an mpmath number."""
    e = mpmath.exp(-abs(x))
    return (e if x < 0 else 1) / (1 + e)


def _sigmoid_forward(a, u, inputs, own):
    y = sigmoid(a[0] + u[0])
    return (y,), (y,)


def _sigmoid_backward(doutputs, saved, own):
    (dh,), (y,) = doutputs, saved
    da = dh * y * (1 - y)
    return (da,), (da,), (0 * dh,), ()


def _tanh_forward(a, u, inputs, own):
    y = tanh(a[0] + u[0])
    return (y,), (y,)


def _tanh_backward(doutputs, saved, own):
    (dh,), (y,) = doutputs, saved
    da = dh * (1 - y * y)
    return (da,), (da,), (0 * dh,), ()


GATES = {
    "sigmoid": (
        Cell("sigmoid alone", ("y",), ("h",), (Stage(("y",), _sigmoid_forward, _sigmoid_backward),)),
        exact_sigmoid,
        lambda x: exact_sigmoid(x) * exact_sigmoid(-x),
    ),
    "tanh": (
        Cell("tanh alone", ("y",), ("h",), (Stage(("y",), _tanh_forward, _tanh_backward),)),
        mpmath.tanh,
        lambda x: mpmath.sech(x) ** 2,
    ),
}
"""A cell that is one gate and no more, its value, and its slope."""


ELEMENTWISE = (
    ("sigmoid", sigmoid, exact_sigmoid),
    ("tanh", tanh, mpmath.tanh),
    ("softplus", ops.softplus, lambda x: mpmath.log1p(mpmath.exp(x))),
)


def gates(engine: str, make: Callable, dtype: str, count: int) -> Iterator[Row]:
    """Return rows for the value and the slope of each gate by an engine: one step of a cell that is the gate alone."""
    x = samples(dtype, count)
    for name, (cell, value, slope) in GATES.items():
        one, place = np.ones((1, 1), dtype), f"{engine}, {make.__module__.split('.')[0] or 'torch'}"
        params = Params(make(one), make(0 * one), make(0 * one[0]))
        hs, _, cache = run(cell, make(x[None, :, None]), (make(0 * x[:, None]),), params, engine=engine)
        found = np.array(ops.to_numpy(hs))[0, :, 0]
        dxs, *_ = run_backward(cell, make(np.ones((1, len(x), 1), dtype)), None, cache)
        yield _worst(f"{name}", place, x, ulps(found, exact(value, x)), "ulp")
        wrong = np.abs(ops.to_numpy(dxs)[0, :, 0] - np.array([float(s) for s in exact(slope, x)]))
        yield _worst(f"slope of {name}", place, x, wrong / np.finfo(dtype).eps, "eps")


def primitives(make: Callable, dtype: str, count: int) -> Iterator[Row]:
    """Return rows for what `rnncore.ops` and `rnncore.layers.losses` compute, for one library."""
    x, where = samples(dtype, count), f"rnncore.ops, {make.__module__.split('.')[0] or 'torch'}"
    for name, function, oracle in ELEMENTWISE:
        found = np.array(ops.to_numpy(function(make(x))))
        yield _worst(name, where, x, ulps(found, exact(oracle, x)), "ulp")
    rng = np.random.default_rng(1)
    scale = rng.choice([1e-3, 1, 10, 40], size=(count, 1))
    logits = (rng.normal(size=(count, 5)) * scale).astype(dtype)
    with mpmath.workdps(40):
        terms = [[mpmath.exp(mpmath.mpf(float(v)) - float(row.max())) for v in row] for row in logits]
        p = [[term / mpmath.fsum(row) for term in row] for row in terms]
        logp = [[mpmath.log(q) for q in row] for row in p]
        sums = [mpmath.log(mpmath.fsum(row)) + float(values.max()) for row, values in zip(terms, logits)]
    below = 1 + np.abs(logits - logits.max(axis=1, keepdims=True)).astype(float).ravel()
    flat = lambda rows: [v for row in rows for v in row]  # noqa: E731
    found = np.array(ops.to_numpy(ops.softmax(make(logits)))).ravel()
    yield _worst("softmax", where, logits.ravel(), ulps(found, flat(p)) / below, "ulp (1 + |x - max|)")
    found = np.array(ops.to_numpy(ops.log_softmax(make(logits)))).ravel()
    wrong = np.abs(found - np.array([float(v) for v in flat(logp)], dtype=np.longdouble))
    eps = np.finfo(dtype).eps
    yield _worst("log-softmax", where, logits.ravel(), (wrong / eps / below).astype(float), "eps (1 + |x - max|)")
    found = np.array(ops.to_numpy(ops.logsumexp(make(logits))))
    wrong = np.abs(found - np.array([float(v) for v in sums])) / eps / (1 + np.abs(logits).max(axis=1))
    yield _worst("log-sum-exp", where, logits[:, 0], wrong.astype(float), "eps (1 + max |x|)")
    targets = rng.integers(0, 5, count)
    losses = [float(layers.cross_entropy(make(row[None]), make(t[None]))[0]) for row, t in zip(logits, targets)]
    wrong = np.abs(np.array(losses) - np.array([-float(row[t]) for row, t in zip(logp, targets)]))
    unit = below.reshape(count, 5)[np.arange(count), targets]
    yield _worst("cross-entropy", where, logits[:, 0], wrong / eps / unit, "eps (1 + |x - max|)")


def rows(count: int = 300, engines: tuple[str, ...] = ("reference", "cpu")) -> list[Row]:
    """Return the whole table; count: how many arguments a range. engines: those to ask, where they can be had."""
    import torch  # on request only

    found: list[Row] = []
    for dtype in ("float32", "float64"):
        for make in (np.asarray, torch.asarray):
            found += primitives(make, dtype, count)
            for engine in engines:
                found += gates(engine, make, dtype, count)
    return found


def _worst(function: str, where: str, x: np.ndarray, errors: np.ndarray, unit: str) -> Row:
    k = int(np.argmax(errors))
    return Row(function, where, x.dtype.name, round(float(errors[k]), 3), unit, float(x[k]))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is 1 when a row is beyond its bound."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--json", type=Path, help="keep the table here")
    parse.add_argument("--count", type=int, default=2000, help="arguments a range")
    options = parse.parse_args(arguments)
    table = rows(options.count)
    for row in table:
        print(f"{row.function:18} {row.where:22} {row.dtype:8} {row.error:7.2f} {row.unit:22} at {row.at:g}")
    if options.json:
        kept = {"bound": BOUND, "count": options.count, "rows": [row._asdict() for row in table]}
        options.json.write_text(json.dumps(kept, indent=1) + "\n")
    return int(any(not row.error <= BOUND for row in table))


if __name__ == "__main__":
    raise SystemExit(main())
