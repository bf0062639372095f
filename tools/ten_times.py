"""Run the book's experiments on learning with ten times their budget, and say which sentence would be false.

    python -m tools.ten_times [NAME ...] [--json results/ten_times.json]

Reads results/experiments.toml, whose head says what a row holds. The exit status is 1 where a sentence is false.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from autograder.checks.run import drawn
from autograder.checks.solutions import home, solution_scope

__all__ = ["found", "holds", "main", "rows"]

ROOT = Path(__file__).resolve().parents[1]
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
TIMES = 10


def rows() -> list[dict[str, Any]]:
    """Return the rows of results/experiments.toml, in order."""
    return tomllib.loads((ROOT / "results" / "experiments.toml").read_text())["experiment"]


def _defined(page: str) -> dict[str, Any]:
    """Return what the cells of a page import and define. Nothing else of them is run."""
    text = "\n".join(CELL.findall((ROOT / "book" / f"{page}.md").read_text()))
    tree, scope = ast.parse(re.sub(r"^:.*$", "", text, flags=re.MULTILINE)), dict[str, Any]()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef):
            exec(compile(ast.Module([node], []), page, "exec"), scope)
    return scope


def _bits(row: dict[str, Any], seed: int, budget: int) -> float:
    """Return the bits above the floor that an exercise's training ends with, on the strings that its check draws."""
    exercise = row["exercise"]
    trained = cast(Callable[..., Any], solution_scope(home(exercise))[row.get("function", exercise)])

    def longer(ids, cfg, rng):
        return trained(ids, {**cfg, "updates": budget}, rng)

    (case,) = drawn(exercise, seed)
    return float(cast(Any, case.judge).bits(case.run(SimpleNamespace(**{exercise: longer}))))


def found(row: dict[str, Any], budget: int) -> list[float]:
    """Return the number that a row measures, for each of its seeds."""
    if "exercise" in row:
        return [_bits(row, seed, budget) for seed in range(row["seeds"])]
    scope = _defined(row["page"])
    return [float(eval(row["measure"], {**scope, "seed": k, "budget": budget})) for k in range(row["seeds"])]


def holds(row: dict[str, Any], numbers: list[float], longer: bool) -> bool:
    """Return whether a sentence is true of what was found. longer: at ten times its budget."""
    said = row.get("at_ten", row["holds"]) if longer else row["holds"]
    return bool(eval(said, {"np": np, "found": numbers}))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. The exit status is 1 where a sentence is false at ten times its budget."""
    parser = argparse.ArgumentParser(prog="python -m tools.ten_times", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows to run; all of them if none is named")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write there what was found")
    options = parser.parse_args(arguments)
    known = [row["name"] for row in rows()]
    if strange := sorted({*options.names} - {*known}):
        parser.error(f"names: got {', '.join(strange)}, expected some of {', '.join(known)}")
    outcomes: dict[str, Any] = {}
    if options.json and options.json.is_file():
        kept = json.loads(options.json.read_text())
        outcomes = {name: one for name, one in kept.items() if name in known and name not in options.names}
    for row in rows():
        if "untried" in row or (options.names and row["name"] not in options.names):
            continue
        begun, budget = time.process_time(), TIMES * row["budget"]
        numbers = found(row, budget)
        true = holds(row, numbers, longer=True)
        outcomes[row["name"]] = {
            "budget": budget,
            "found": [round(one, 4) for one in numbers],
            "holds": true,
            "seconds": round(time.process_time() - begun),
        }
        print(
            f"{row['name']}: {budget} {row['unit']}, {np.round(numbers, 3)}: {'true' if true else 'FALSE'}", flush=True
        )
        if options.json:
            options.json.write_text(json.dumps(outcomes, indent=1) + "\n")
    return int(not all(one["holds"] for one in outcomes.values()))


if __name__ == "__main__":
    raise SystemExit(main())
