"""The directive `{experiments-table}`: the book's experiments on learning, and what ten times their budget gave."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tables import MadeTable

__all__ = ["ExperimentsTable", "lines", "setup"]

RESULTS = Path(__file__).resolve().parents[2] / "results"
ROWS, OUTCOMES = RESULTS / "experiments.toml", RESULTS / "ten_times.json"


def lines() -> list[str]:
    """Return the table as Markdown."""
    outcomes = json.loads(OUTCOMES.read_text())
    found = ["| page | what is said | seeds | budget | with ten times the budget |", "|---|---|---:|---:|---|"]
    for row in tomllib.loads(ROWS.read_text())["experiment"]:
        if outcome := outcomes.get(row["name"]):
            numbers = outcome["found"]
            said = "what the page says of it is true" if "at_ten" in row else "still true"
            ten = f"{said if outcome['holds'] else '**false**'}: {min(numbers):.3g} to {max(numbers):.3g}"
        else:
            why = row.get("untried", "").replace("`", "")  # code does not wrap, and would make the column wide
            ten = f"not tried. {why}" if why else "not tried yet; the weekly job will"
        found.append(
            f"| {{doc}}`{row['page']}` | {row['claim']} | {row['seeds']} | {row['budget']} {row['unit']} | {ten} |"
        )
    return found


class ExperimentsTable(MadeTable):
    """`{experiments-table}`: the rows of results/experiments.toml, with results/ten_times.json."""

    def files(self) -> Iterable[Path]:
        return ROWS, OUTCOMES

    def lines(self) -> list[str]:
        return lines()


def setup(app) -> dict:
    """Register with Sphinx."""
    app.add_directive("experiments-table", ExperimentsTable)
    return {"parallel_read_safe": True}
