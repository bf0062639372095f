"""How the time of a training step of one layer grows with the steps T, the sequences B and the units H.

    python -m benchmarks.scaling [--cell lstm] [--threads 1] [--quick]

One of the three varies and the others stay; the slope of the logarithms, fitted over the upper half of the points,
tells the order of growth: 1 for T; 1 for B once the products are large enough; up to 2 for H. In float32, with all
gradients, as in `benchmarks.layers`. Nothing is asserted by the clock.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks import layers, measure
from rnncore.cells import CELLS

__all__ = ["grid", "main", "slope"]

BASE = {"T": 32, "B": 16, "D": 64, "H": 128}
"""What stays: small enough for the longest of the other, large enough that a call is not all overhead."""

RANGES = {"T": (10, 1000), "B": (2, 200), "H": (32, 1024)}
QUICK = {"T": (4, 16), "B": (2, 8), "H": (8, 32)}


def grid(low: int, high: int, points: int) -> list[int]:
    """Return so many integers from low to high, in equal ratios as nearly as integers are."""
    return [round(value) for value in np.geomspace(low, high, points)]


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """Return the exponent p of y = c x^p, by least squares of the logarithms over the upper half of the points."""
    half = len(x) // 2
    return float(np.polyfit(np.log(x[half:]), np.log(y[half:]), 1)[0])


def timed(kind: str, sizes: dict[str, int], rounds: int, seconds: float) -> dict[str, measure.Timing]:
    """Time the candidates at one size."""
    problem = layers.Problem.draw(CELLS[kind], layers.Size(**sizes))
    candidates = {
        "engine": layers.engine(problem, "cpu"),
        "torch.nn": layers.torch_layer(problem, kind),
        "NumPy": layers.engine(problem, "reference"),
    }
    return measure.interleaved(candidates, rounds, seconds)


def grow(kind: str, what: str, values: list[int], rounds: int, seconds: float) -> dict[str, Any]:
    """Measure one of T, B and H: milliseconds at all its values, and the slopes."""
    found: dict[str, list[dict[str, float]]] = {}
    for value in values:
        for name, timing in timed(kind, {**BASE, what: value}, rounds, seconds).items():
            found.setdefault(name, []).append(timing._asdict())
    medians = {name: [timing["median"] for timing in timings] for name, timings in found.items()}
    return {
        "cell": kind,
        "varied": what,
        "values": values,
        "others": {name: value for name, value in BASE.items() if name != what},
        "ms": found,
        "slope": {name: slope(values, ms) for name, ms in medians.items()},
    }


def table(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return its lines: one for each value, the slopes below."""
    lines = [
        {entry["varied"]: str(value), **{name: timings[k]["median"] for name, timings in entry["ms"].items()}}
        for k, value in enumerate(entry["values"])
    ]
    return [*lines, {entry["varied"]: "slope", **entry["slope"]}]


def picture(results: list[dict[str, Any]]):
    """Draw milliseconds against T, B and H."""
    values = [
        {"size": value, "ms": timing["median"], "candidate": name, "varied": entry["varied"]}
        for entry in results
        for name, timings in entry["ms"].items()
        for value, timing in zip(entry["values"], timings)
    ]
    return measure.lines(values, x="size", y="ms", colour="candidate", column="varied")


def main() -> int:
    """Run the command line."""
    parser = measure.arguments(__doc__)
    parser.add_argument("--cell", choices=list(layers.LAYERS), default="lstm")
    parser.add_argument("--points", type=int, default=9, help="on each line (%(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each candidate (%(default)s)")
    options = measure.parsed(parser)
    if options.points < 3:
        parser.error(f"--points: got {options.points}, expected at least 3")
    load, results = os.getloadavg()[0], []
    points, rounds, seconds = (3, 3, 0.1) if options.quick else (options.points, options.rounds, 2.0)
    for what, ends in (QUICK if options.quick else RANGES).items():
        entry = grow(options.cell, what, grid(*ends, points), rounds, seconds)
        results.append(entry)
        fixed = ", ".join(f"{name} = {value}" for name, value in entry["others"].items())
        print(f"Milliseconds of a training step against {what}; {fixed}")
        measure.print_table(table(entry))
        print()
    summary = {entry["varied"]: entry["slope"] for entry in results}
    measure.finish(options, measure.figures("scaling", options, load, results, summary), lambda: picture(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
