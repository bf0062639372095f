"""How good is the grader? Every known answer and every mechanical mutant, counted, for the page that shows it.

    python -m autograder.quality --json results/grader.json

Takes some minutes, can be stopped at any moment and then goes on. The tests run the same with 100 seeds and stop at
the first verdict that is not the right one; here nothing stops, and everything is counted.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from autograder.checks import run_check
from autograder.checks.known_answers import answers, exercises, load_cases
from autograder.checks.solutions import assignments, solution_functions
from autograder.quality.kept import filled
from autograder.quality.mutants import mutants, survivors, unexplained
from autograder.quality.sample_submission import samples

__all__ = ["main", "measure"]

TRAINING_SEEDS = 2


def measure(exercise: str, seeds: int) -> dict[str, Any]:
    """Return one row: verdicts over seeds on all known answers, mutants on one seed, milliseconds of one check.

    Where the answer is trained, few seeds, and no mutants: a slightly worse training is not wrong.
    "wrong caught" counts wrong answers that fail on every seed, "named" those whose own name was given on every seed,
    "right accepted" right answers that pass on every seed.
    """
    base, trains = solution_functions(exercise), hasattr(load_cases(exercise), "SECONDS")
    run_check(exercise, tuple(base.values()))
    begun = time.perf_counter()
    assert run_check(exercise, tuple(base.values())).passed
    seconds = time.perf_counter() - begun
    wrong, named, right = 0, 0, 0
    for answer in answers(exercise, "wrong"):
        verdicts = [run_check(exercise, tuple(answer.functions(base).values()), seed) for seed in range(seeds)]
        wrong += not any(verdict.passed for verdict in verdicts)
        named += all(verdict.diagnosis == answer.diagnosis for verdict in verdicts)
    for answer in answers(exercise, "right"):
        right += all(run_check(exercise, tuple(answer.functions(base).values()), seed).passed for seed in range(seeds))
    made = [] if trains else mutants(exercise)
    alive = [] if trains else survivors(exercise)
    return {
        "cases": len(list(load_cases(exercise).cases(np.random.default_rng(0)))),
        "wrong": len(answers(exercise, "wrong")),
        "wrong caught": wrong,
        "named": named,
        "right": len(answers(exercise, "right")),
        "right accepted": right,
        "seeds": seeds,
        "mutants": len(made),
        "mutants not caught": len(alive),
        "of these not explained": len(unexplained(exercise, alive)),
        "milliseconds": round(1000 * seconds, 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. The exit status is 1 where a verdict was not the right one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--exercise", action="append", choices=exercises(), metavar="NAME")
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    if options.seeds < 1:
        parser.error(f"--seeds: got {options.seeds}, expected at least 1")
    attacks = samples("hostile_*.py")
    names = options.exercise or [name for listed in assignments().values() for name in listed]
    seeds = {
        name: min(options.seeds, TRAINING_SEEDS) if hasattr(load_cases(name), "SECONDS") else options.seeds
        for name in names
    }
    head = {
        "command": f"python -m autograder.quality --seeds {options.seeds} --json {options.json}",
        "seeds": options.seeds,
        "attacks": [path.stem.removeprefix("hostile_") for path in attacks],
    }
    ours = [Path(__file__).with_name("mutants.py")]
    rows = list(filled(options.json, seeds, measure, head, ours, tqdm(names)).values())
    told = all(r["wrong"] == r["wrong caught"] == r["named"] and r["right"] == r["right accepted"] for r in rows)
    good = told and not any(r["of these not explained"] for r in rows)
    print(f"{len(rows)} exercises: {'every verdict is right' if good else 'some verdicts are not right'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
