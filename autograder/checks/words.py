"""The words of a verdict, for the student. They are made here, once, from its data; no program reads them.

No expected number is ever in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autograder.inside.values import Raised

if TYPE_CHECKING:
    from autograder.checks.verdict import Difference, Note, Verdict

__all__ = ["LONGEST", "difference", "message", "note", "plain", "raised"]

AXES = {"T": "time step", "B": "batch row", "H": "unit", "D": "input", "K": "row of the vocabulary"}
HINTS = {
    "reshaped": " Its values are right: only the shape is not.",
    "transposed": " It is the transpose of what was expected.",
}
REMEMBERS = (
    "a second call with the same arguments gave another result. "
    "Does a global variable, or a default argument, remember the first?"
)
LONGEST = 6000
"""Characters of a message. Longer ones come of what a student's code says."""


def message(verdict: Verdict) -> str:
    """Return all that a verdict says."""
    if verdict.told:
        return plain(verdict.told)
    if verdict.reason is not None:
        return plain(_unfinished(verdict))
    if verdict.passed:
        notes = [f"Note: {note(one)}" for one in verdict.notes]
        return plain("\n".join([*notes, f"{verdict.exercise}: right, in all {verdict.cases} cases."]))
    if verdict.case is None:
        return "The test cell checked nothing."
    reread = f"Reread: equation ({verdict.equation}) on the page {verdict.page} of the book."
    unwritten = verdict.error is not None and verdict.error.unwritten
    if unwritten and verdict.failed_cases == verdict.cases:  # as it was released: there is no more to tell
        return plain(f"{_seen(verdict)}\n{reread}")
    lines = [
        f"{verdict.exercise}: not right yet. Failed at: {verdict.case.name} (case {verdict.case.number}; "
        f"{verdict.failed_cases} of {verdict.cases} cases fail)."
    ]
    if verdict.called:
        lines.append("Called: " + ", then ".join(verdict.called))
    lines.append(f"What was seen: {_seen(verdict)}")
    if verdict.diagnosis == "not-implemented" and not unwritten:
        lines.append("The function is not written yet.")
    elif verdict.diagnosis == "wrong-forward":
        blamed = f"Your {verdict.known} is not right itself"
        lines.append(f"{blamed}, and what goes back through it cannot be. Check it first.")
    elif verdict.diagnosis == "remembers-calls" and (verdict.places or verdict.error or verdict.seen):
        lines.append("A" + REMEMBERS[1:])
    elif verdict.known:
        lines.append(f"A known mistake gives exactly this: {verdict.known}")
    lines.append(reread)
    if verdict.right_parts:
        right = ", ".join(f"{part} ({share:.0%})" for part, share in verdict.right_parts.items())
        lines.append(f"Right already, and worth its share of the points: {right}.")
    return plain("\n".join(lines))


def _unfinished(verdict: Verdict) -> str:
    """Tell why there is no true verdict."""
    if verdict.reason == "cell":
        return f"The test could not be finished ({verdict.seen})."
    if verdict.reason != "undefined":
        return f"This could not be checked. {verdict.seen}"
    why = f"its cell stopped: {verdict.seen}" if verdict.seen else "did its cell run?"
    return f"{verdict.called[0] if verdict.called else verdict.exercise} is not defined: {why}"


def _seen(verdict: Verdict) -> str:
    if verdict.error is not None:
        return raised(verdict.error)
    if verdict.places:
        return difference(verdict.places[0])
    if verdict.diagnosis == "changes-argument":
        return f"{verdict.seen} was changed in place; this exercise asks for a pure function"
    return verdict.seen or REMEMBERS


def raised(error: Raised) -> str:
    """Tell of an exception, and where it was raised."""
    if not error.type:
        return f"what {error.function} returned could not be taken apart: {error.message}"
    if error.unwritten:
        where = f" (line {error.line})" if error.line else ""
        return f"{error.function or 'The function'} is not written yet{where}."
    text = f"{error.type}: {error.message}" if error.message else error.type
    if error.line:
        text += f", in {error.function}, line {error.line}" + (f": {error.source}" if error.source else "")
    return text


def difference(place: Difference) -> str:
    """Tell how an output differs, and where first."""
    name, shape = place.output, place.want
    if place.kind == "none":
        return f"{name} is None. Is a `return` missing, or a variable never filled?"
    if place.kind == "type":
        return f"{name} is a {place.got}; expected an array of shape {shape}"
    if place.kind == "dtype":
        return f"{name} holds {place.got} values; expected an array of numbers of shape {shape}"
    if place.kind == "shape":
        return f"{name} has shape {place.got}; expected {shape}.{HINTS.get(place.hint, '')}"
    where = f" at index {place.index}" if place.index else ""
    if place.index and len(place.axes) == len(place.index):
        steps = (f"{AXES.get(axis, 'axis ' + axis)} {i}" for axis, i in zip(place.axes, place.index))
        where = f" at {', '.join(steps)} (counted from 0)"
    if place.kind == "not-finite":
        return f"{name} has NaN or infinity{where}"
    share = "everywhere" if place.wrong == place.of else f"in {place.wrong} of {place.of} entries"
    return (
        f"{name} differs {share}; the largest relative error is {float(place.error):.2g}, "
        f"and the first difference is{where or ' in the number itself'}"
    )


def note(one: Note) -> str:
    """Tell what is not wrong and still worth a word."""
    names = ", ".join(one.names)
    return {
        "changed": f"{names} was changed in place. No points are lost, but a caller may not expect it.",
        "widened": f"{names} was given float32 and gave float64 back. Right, but twice the memory.",
        "random": "NumPy's global random state was changed. Use a Generator of your own.",
    }.get(one.kind, names)


def plain(text: str) -> str:
    """Return the text without the characters that steer a terminal; what a student's exception says is part of it."""
    return re.sub(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]", "?", text)[:LONGEST]
