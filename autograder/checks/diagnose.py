"""Which known mistake is this? Run each wrong answer over the same cases and see which one gives the same outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.checks.compare import Difference, agree
from autograder.checks.library import Answer, answers

__all__ = ["GENERIC", "diagnose"]

GENERIC = {
    "error": "raises",
    "changed": "changes-argument",
    "memory": "remembers-calls",
    "none": "returns-none",
    "type": "wrong-type",
    "shape": "wrong-shape",
    "not-finite": "not-finite",
}
"""Kinds of difference that name themselves, when no wrong answer of the exercise matches."""
TRAINED_BADLY = "trained-badly"
"""What is trained is not run again for every known mistake: the case says what is wrong."""


def diagnose(
    exercise: str,
    known: Callable[[Answer, int], Any],
    results: list,
    difference: Difference,
    trains: bool = False,
) -> tuple[str | None, str | None]:
    """(id, sentence for the student) of the known mistake that agrees on every case, else a generic id.

    known: what an answer of the library gives in case k. results: what the student's functions gave, case by case.
    trains: the cases take too long to be run for every known mistake.
    """
    if difference.kind in ("changed", "memory"):
        return GENERIC[difference.kind], None
    if difference.kind == "error" and difference.text.startswith("NotImplementedError"):
        return "not-implemented", "The function is not written yet."
    if trains:
        return GENERIC.get(difference.kind, TRAINED_BADLY), None
    for answer in answers(exercise, "wrong"):
        if answer.diagnosis in GENERIC.values():
            continue
        if all(_same(known(answer, k), result) for k, result in enumerate(results)):
            return answer.diagnosis, f"A known mistake gives exactly this: {answer.summary}"
    return GENERIC.get(difference.kind), None


def _same(one: Any, other: Any) -> bool:
    if one.error is not None or other.error is not None:
        return one.error is not None and other.error is not None and _type(one.error) == _type(other.error)
    return one.outputs.keys() == other.outputs.keys() and all(
        agree(value, other.outputs[key]) for key, value in one.outputs.items()
    )


def _type(error: str) -> str:
    """The exception's name; all of the text where a case's own words tell what was wrong with a result."""
    return error if error.startswith("what ") else error.split(":", 1)[0]
