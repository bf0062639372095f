"""The words of a verdict, for the student. They are made here, once, from its data; no program reads them.

No expected number is ever in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from autograder.checks.book import address, named
from autograder.inside.values import Raised

if TYPE_CHECKING:
    from autograder.checks.verdict import Difference, Note, Verdict

__all__ = ["LONGEST", "difference", "message", "note", "plain", "raised"]

AXES = {"T": "time step", "B": "batch row", "H": "unit", "D": "input", "K": "class", "N": "row", "M": "entry"}
HINTS = {
    "reshaped": " Its values are right: only the shape is not.",
    "transposed": " It is the transpose of what was expected.",
}
SHAPELESS = {
    "none": "{name} is None. Is a `return` missing, or a variable never filled?",
    "parts": "{got} came back; expected are {hint}.",
    "no-dict": "{name} is {got}; a dict is expected.",
    "no-list": "{name} is {got}; a list is expected.",
    "no-text": "{name} is {got}; a string is expected.",
    "missing": "{name} lacks {got}.",
    "extra": "{name} holds {got} besides, which nobody asked for.",
    "whole": "{name} holds numbers that are not whole.",
}
RELATIONS = {
    "zero": "is zero everywhere",
    "transposed": "is the transpose of what is expected",
    "reversed": "is right but for its order: the last time step stands first",
    "late": "comes one time step late: entry t holds what entry t-1 should hold",
    "early": "comes one time step early: entry t holds what entry t+1 should hold",
    "row": "holds the right rows in another order of the batch",
    "from T": "is right at the first time step and wrong at all later ones",
    "until T": "is right at the last time step and wrong at all earlier ones",
}
SIZES = {"T": "the number of time steps, T", "B": "the batch size, B", "H": "the number of units, H"}
REMEMBERS = (
    "a second call with the same arguments gave another result. "
    "Does a global variable, or a default argument, remember the first?"
)
LONGEST = 6000
"""Characters of a message. Longer ones come of what a student's code says."""


def message(verdict: Verdict, book: str = "") -> str:
    """Return all that a verdict says. book: where the book lies for who reads this, to give an address in it."""
    if verdict.told:
        return plain(verdict.told)
    if verdict.reason is not None:
        return plain(_unfinished(verdict))
    if verdict.passed:
        notes = [f"Note: {note(one)}" for one in verdict.notes]
        return plain("\n".join([*notes, f"{verdict.exercise}: right, in all {verdict.cases} cases."]))
    if verdict.case is None:
        return "The test cell checked nothing."
    reread = f"Reread {named(verdict.equation, verdict.page)}."
    if link := address(verdict.equation, book):
        reread += f"\n{link}"
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
    if len(verdict.places) + len(verdict.right_outputs) > 1:
        lines += _map(verdict)
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
        return f"{verdict.seen} was changed in place; this exercise asks for arguments that stay as they are."
    return verdict.seen or REMEMBERS


def _map(verdict: Verdict) -> list[str]:
    """Tell which outputs are right and which are not, and how the others differ."""
    wrong = tuple(place.output for place in verdict.places)
    said = f"Wrong: {_listed(wrong, 12)}."
    right = f" Right: {_listed(verdict.right_outputs, 12)}." if verdict.right_outputs else ""
    told = [place for place in verdict.places[1:] if place.relation or place.kind not in ("value", "not-finite")][:4]
    return [said + right, *(difference(place) for place in told)]


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
    if place.kind == "none" and not name:
        return f"None came back. Is a `return` missing? Expected are {place.hint}."
    if place.kind in SHAPELESS:
        return SHAPELESS[place.kind].format(name=name, got=_listed(place.got), hint=place.hint)
    if place.kind == "type":
        return f"{name} is {_a(place.got)}; {_array_of(shape)} is expected."
    if place.kind == "dtype":
        return f"{name} holds {place.got} values; {_array_of(shape)} is expected."
    if place.kind == "shape":
        return f"{name} has shape {place.got}; {shape} is expected.{HINTS.get(place.hint, '')}"
    where = _where(place)
    if place.kind == "not-finite":
        return f"{name} holds NaN or infinity{', first' + where if where else ''}."
    if place.relation:
        return f"{name} {_related(place)}."
    if not place.index:
        return f"{name} is off by a relative error of {float(place.error):.2g}."
    share = "in every entry" if place.wrong == place.of else f"in {place.wrong} of {place.of} entries"
    return f"{name} is wrong {share}, first{where}; the largest relative error is {float(place.error):.2g}."


def _a(kind: Any) -> str:
    return f"{'an' if str(kind)[:1].lower() in 'aeiou' else 'a'} {kind}"


def _array_of(shape: tuple[int, ...]) -> str:
    return f"an array of numbers of shape {shape}" if shape else "a number"


def _listed(names: Any, most: int = 6) -> str:
    """Return names as English lists them. What is no list of names stands as it is."""
    if not isinstance(names, tuple | list):
        return str(names)
    shown = [str(name) for name in names[:most]]
    shown += [f"{len(names) - most} more"] * (len(names) > most)
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _where(place: Difference) -> str:
    """Tell the place of the first wrong entry: " at time step 3, batch row 0 and unit 2 (counted from 0)"."""
    index, axes = place.index, place.axes
    if not index:
        return ""
    if len(axes) != len(index) or any(axis not in AXES for axis in axes):
        return f" at index {index}"
    if len(index) == 2 and "B" not in axes and "T" not in axes:
        return f" at row {index[0]} and column {index[1]} (counted from 0)"
    once = [axis for axis in axes if axes.count(axis) == 1]
    said = [f"{AXES[axis]} {i}" for axis, i in zip(axes, index) if axis in once]
    again = tuple(i for axis, i in zip(axes, index) if axis not in once)
    said += [f"the entry {again} of what is left"] * bool(again)
    return f" at {_listed(said)} (counted from 0)"


def _related(place: Difference) -> str:
    """Tell what the output is of the right one."""
    kind, _, what = place.relation.partition(" ")
    if kind == "output":
        return f"holds what {what} should hold"
    if kind != "factor":
        return RELATIONS[place.relation]
    if what == "-1":
        return "has the wrong sign everywhere and is right otherwise"
    size = what.lstrip("-").removeprefix("1/")
    if size.isidentifier():
        by = f"divided by {SIZES.get(size, size)}" if "1/" in what else f"multiplied by {SIZES.get(size, size)}"
        return f"is what is expected, {by}{', and with the wrong sign' if what[0] == '-' else ''}"
    return f"is {what} times what is expected, in every entry"


def note(one: Note) -> str:
    """Tell what is not wrong and still worth a word."""
    names = ", ".join(one.names)
    return {
        "changed": f"{names} was changed in place. No points are lost, but a caller may not expect it.",
        "random": "NumPy's global random state was changed. Use a Generator of your own.",
    }.get(one.kind, names)


def plain(text: str) -> str:
    """Return the text without the characters that steer a terminal; what a student's exception says is part of it."""
    return re.sub(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]", "?", text)[:LONGEST]
