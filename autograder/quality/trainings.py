"""`python -m autograder.quality trainings`: the model solutions that train on a known source, seed by seed.

Prints seconds of processor time, and bits per symbol above the source's own score on the new strings of the check.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checks.exercises import exercises, load_cases
from autograder.checks.run import drawn, outcome
from autograder.checks.solutions import solution_functions

__all__ = ["main", "measure", "trained"]


def trained() -> list[str]:
    """Return the exercises whose cases ask for so many BITS above the floor, and whose judge tells them."""
    return [name for name in exercises() if hasattr(load_cases(name), "BITS")]


def measure(exercise: str, seeds: int) -> dict:
    """Return seconds and bits above the floor of the model solution, over these many seeds, with what is asked."""
    spec, seconds, bits = load_cases(exercise), [], []
    for seed in range(seeds):
        (case,) = drawn(exercise, seed)
        judge: Any = case.judge
        begun = time.process_time()
        result = outcome(case, solution_functions(exercise), {exercise: spec.CONTRACT}, spec.SECONDS)
        seconds.append(round(time.process_time() - begun, 2))
        bits.append(round(float(judge.bits(result.outputs)), 4))
    return {"exercise": exercise, "asked": spec.BITS, "bits": bits, "seconds": seconds}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. The exit status is 1 where a training misses what is asked."""
    parser = argparse.ArgumentParser(prog="python -m autograder.quality trainings", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    rows = [measure(name, options.seeds) for name in trained()]
    for row in rows:
        bits, seconds = np.array(row["bits"]), np.array(row["seconds"])
        print(f"{row['exercise']}: bits above the floor {bits.mean():.4f} in the mean, {bits.max():.4f} at worst, "
              f"{row['asked']} asked; seconds {seconds.mean():.2f}, {seconds.max():.2f} at worst")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    return int(any(max(row["bits"]) > row["asked"] for row in rows))
