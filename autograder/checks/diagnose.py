"""Which known mistake is this? Each wrong answer runs over the same cases: which one gives the same outputs?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograder.checks.case import Failure, Outcome
from autograder.checks.compare import agree
from autograder.checks.known_answers import Answer, answers

__all__ = ["GENERIC", "TRAINED_BADLY", "alike", "diagnose"]

GENERIC = {
    "error": "raises",
    "changed": "changes-argument",
    "memory": "remembers-calls",
    "none": "returns-none",
    "type": "wrong-type",
    "dtype": "wrong-type",
    "whole": "wrong-type",
    "parts": "wrong-results",
    "missing": "wrong-results",
    "extra": "wrong-results",
    "no-dict": "wrong-type",
    "no-list": "wrong-type",
    "no-text": "wrong-type",
    "shape": "wrong-shape",
    "not-finite": "not-finite",
}
"""Kinds of failure that name themselves, when no wrong answer of the exercise matches."""
TRAINED_BADLY = "trained-badly"
"""What is trained is not run again for every known mistake: the case says what is wrong."""


def diagnose(
    exercise: str,
    known: Callable[[Answer, int], Outcome],
    results: list[Outcome],
    why: Failure,
    plain: Sequence[int] = (),
    trains: bool = False,
) -> tuple[str | None, str]:
    """Return id and sentence of the known mistake that agrees on every case, else a generic id or None.

    known: what an answer of the library gives in case k. results: what the student's functions gave, case by case.
    plain: the cases that count where no mistake agrees on all: beside a mistake, a demand may be missed. None of them
    where nothing plain is wrong. trains: the cases take too long to be run for every known mistake.
    """
    if why.kind in ("changed", "memory"):
        return GENERIC[why.kind], ""
    if why.error is not None and why.error.type == "NotImplementedError":
        return "not-implemented", ""
    if trains:
        return GENERIC.get(why.kind, TRAINED_BADLY), ""
    named = [answer for answer in answers(exercise, "wrong") if answer.diagnosis not in GENERIC.values()]
    for cases in (range(len(results)), plain):
        if all(results[k].error is not None for k in cases):
            continue  # an exception of the same type is no likeness
        for answer in named:
            if all(alike(known(answer, k), results[k]) for k in cases):
                return answer.diagnosis, answer.summary
    return GENERIC.get(why.kind), ""


def alike(one: Outcome, other: Outcome) -> bool:
    """Return whether two outcomes agree. Exceptions do by their type; those of a case by all that they say."""
    if one.error is not None or other.error is not None:
        if one.error is None or other.error is None or one.error.type != other.error.type:
            return False
        return one.error.type != "" or one.error == other.error
    if one.broken or other.broken:
        return one.broken == other.broken
    return one.outputs.keys() == other.outputs.keys() and all(
        agree(value, other.outputs[key]) for key, value in one.outputs.items()
    )
