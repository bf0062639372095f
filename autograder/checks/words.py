"""The words of a verdict, for the student. They are made here, once, from its data; no program reads them.

No expected number is ever in them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autograder.checks.book import address, named
from autograder.checks.english import listed
from autograder.inside.values import Raised

if TYPE_CHECKING:
    from autograder.checks.verdict import Difference, Note, Verdict

__all__ = ["LONGEST", "UNJUDGED", "difference", "message", "note", "plain", "raised"]

AXES = {"T": "time step", "B": "batch row", "H": "unit", "D": "input", "K": "class", "N": "row", "M": "entry"}
HINTS = {
    "reshaped": " Its values are right: only the shape is not.",
    "transposed": " It is the transpose of what is expected.",
    "batch-first": " Its values are right, but the batch stands first. The first axis is time, the second the batch.",
    "axes": " Its values are right, but its axes stand in another order.",
}
SHAPELESS = {
    "none": "{name} is None. Is a `return` missing, or a variable never filled?",
    "no-dict": "{name} is {got}; a dict is expected.",
    "no-list": "{name} is {got}; a list is expected.",
    "no-text": "{name} is {got}; a string is expected.",
    "missing": "{name} lacks the {got}.",
    "extra": "{name} has more than it should: the {got}.",
    "whole": "{name} holds numbers that are not whole.",
}
RELATIONS = {
    "more": "is too large",
    "less": "is too small",
    "whole": "holds whole numbers only: was its array made with an integer dtype, or like one of integers?",
    "complex": "holds complex numbers; real ones are expected",
    "rounded": "is right to a few digits only: was something rounded, or a small number added?",
    "zero": "is zero everywhere",
    "transposed": "is the transpose of what is expected",
    "reversed": "is right but for its order: the last time step stands first",
    "late": "comes one time step late: entry t holds what entry t-1 should hold",
    "early": "comes one time step early: entry t holds what entry t+1 should hold",
    "row": "holds the right rows, but in another order: the rows of the batch have changed places",
    "one row": "holds what belongs to one row of the batch in every row",
    "from B": "is right in the first row of the batch and wrong in all others",
    "from T": "is right at the first time step and wrong at all later ones",
    "until T": "is right at the last time step and wrong at all earlier ones",
}
SIZES = {
    "T": "the number of time steps, T",
    "B": "the batch size, B",
    "T*B": "the number of time steps times the batch size, T B",
    "H": "the number of units, H",
    "D": "the number of inputs, D",
    "K": "the number of classes, K",
}
REMEMBERS = (
    "a second call with the same arguments gave another result. "
    "Does a global variable, or a default argument, remember the first?"
)
UNJUDGED = "what was returned could not be judged: "
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
        return plain(
            "\n".join([*notes, f"{verdict.exercise}: right{f', in all {verdict.cases} cases' * (verdict.cases > 1)}."])
        )
    if verdict.case is None:
        return "The test cell checked nothing."
    reread = f"Reread {named(verdict.equation, verdict.page)}."
    if link := address(verdict.equation, book):
        reread += f"\n{link}"
    unwritten = verdict.error is not None and verdict.error.unwritten
    if unwritten and verdict.failed_cases == verdict.cases:  # as it was released: there is no more to tell
        return plain(f"{_seen(verdict)}\n{reread}")
    lines = [_blamed(verdict)] if verdict.blamed else []
    lines += [
        f"{verdict.exercise}: not right yet. Failed at: {verdict.case.name} (case {verdict.case.number}; "
        f"{verdict.failed_cases} of {verdict.cases} cases fail{'s' * (verdict.failed_cases == 1)})."
    ]
    if verdict.called:
        lines.append("Called: " + ", then ".join(verdict.called))
    lines.append(f"What was seen: {_seen(verdict)}")
    if len(verdict.places) + len(verdict.right_outputs) > 1:
        lines += _map(verdict)
    if verdict.diagnosis == "not-implemented" and not unwritten:
        lines.append("The function is not written yet.")
    elif verdict.diagnosis == "remembers-calls" and (verdict.places or verdict.error or verdict.seen):
        lines.append("A" + REMEMBERS[1:])
    elif verdict.known:
        lines.append(f"A known mistake gives exactly this: {verdict.known}")
    lines.append(reread)
    if verdict.right_parts:
        right = ", ".join(f"{part} ({share:.0%})" for part, share in verdict.right_parts.items())
        lines.append(f"Right already, and worth its share of the points: {right}.")
    return plain("\n".join(lines))


def _blamed(verdict: Verdict) -> str:
    """Tell which earlier function is wrong already, and why it matters here."""
    name, caller = verdict.blamed
    why = f"which {caller} calls" if caller else f"which {verdict.exercise} goes back through"
    return f"Your {name}, {why}, is not right itself: mend it first."


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
        return difference(verdict.places[0], _returned(verdict))
    if verdict.diagnosis == "changes-argument":
        return f"{verdict.seen} was changed in place; this exercise asks for arguments that stay as they are."
    seen = verdict.seen or REMEMBERS
    return seen if seen.endswith((".", "?", "!")) else f"{seen}."


def _returned(verdict: Verdict) -> str:
    """Return the function that returned it, where that is another one than the exercise is about."""
    last = verdict.called[-1].partition("(")[0] if verdict.called else verdict.exercise
    return "" if last == verdict.exercise else last


def _map(verdict: Verdict) -> list[str]:
    """Tell which outputs are right and which are not, and how the others differ."""
    wrong = tuple(dict.fromkeys(place.output for place in verdict.places))
    if {f"output {name}" for name in wrong} == {place.relation for place in verdict.places}:
        return [f"All results are there, but some have changed places: {listed(wrong, 12)}."]
    said = f"Wrong: {listed(wrong, 12)}."
    right = f" Right: {listed(verdict.right_outputs, 12)}." if verdict.right_outputs else ""
    told = [place for place in verdict.places[1:] if place.relation or place.kind not in ("value", "not-finite")][:4]
    return [said + right] * (len(wrong + verdict.right_outputs) > 1) + [difference(place) for place in told]


def raised(error: Raised) -> str:
    """Tell of an exception, and where it was raised."""
    if not error.type:
        return f"what {error.function} returned could not be taken apart: {error.message}"
    if error.unwritten:
        where = f" (line {error.line})" if error.line else ""
        return f"{error.function or 'The function'} is not written yet{where}."
    message = error.message.strip()
    if error.type == "SystemExit":
        message = f"{message}: the function asked Python to end".removeprefix(": ")
    text = f"{error.type}: {message}" if message else error.type
    if error.line:
        text += f", in {error.function}, line {error.line}" + (f": {error.source}" if error.source else "")
    return text


def difference(place: Difference, function: str = "") -> str:
    """Tell how an output differs, and where first. function: what returned it, where that has to be said."""
    name, shape = place.output, place.want
    if place.kind in ("none", "parts") and not name:
        came = f"{place.got} came back{f' from {function}' * bool(function)}"
        hint = str(place.hint)
        return (
            f"{came}. Is a `return` missing? {hint[:1].upper()}{hint[1:]}."
            if place.kind == "none"
            else f"{came}; {hint}."
        )
    if place.kind == "parts":
        return f"{name} is {place.got}; {place.hint}."
    if place.kind == "none" and name.startswith("the gradient of "):
        return f"{name} is None: nothing that torch can differentiate leads there."
    if place.kind in SHAPELESS:
        keys = place.kind in ("missing", "extra")
        got = f"key{'s' * (len(place.got) > 1)} {listed(place.got, 6)}" if keys else place.got
        return SHAPELESS[place.kind].format(name=name, got=got)
    if place.kind == "type":
        return f"{name} is {place.got}; {_array_of(shape)} is expected."
    if place.kind == "dtype":
        held = "strings" if str(place.got).startswith(("str", "bytes")) else f"{place.got} values"
        return f"{name} holds {held}; {_array_of(shape)} is expected."
    if place.kind == "shape":
        other = f" It {_related(place)}." if place.relation else HINTS.get(place.hint, "")
        return f"{name} has shape {place.got}; {shape or 'a number'} is expected.{other}"
    where = _where(place)
    if place.kind == "not-finite" and not place.index:
        return f"{name} is NaN or infinite."
    if place.kind == "not-finite":
        return f"{name} holds NaN or infinity{', first' + where if where else ''}."
    if place.relation:
        text = _related(place)
        if place.relation in ("more", "less") and place.error:
            text += f", by a relative error of {_number(place.error)}"
        return f"{name} {text}{'' if text.endswith('?') else '.'}"
    if not place.index:
        return f"{name} is off by a relative error of {_number(place.error)}."
    by = f"; the largest relative error is {_number(place.error)}" if place.error else ""
    share = "in every entry" if place.wrong == place.of else f"in {place.wrong} of {place.of} entries"
    return f"{name} is wrong {share}, first{where}{by}."


def _number(error: float | str) -> str:
    """Return two digits of an error, as one reads it."""
    return f"{float(error):.2g}" if not 100 <= float(error) < 1e6 else f"{float(error):.0f}"


def _array_of(shape: tuple[int, ...]) -> str:
    return f"an array of numbers of shape {shape}" if shape else "a number"


def _where(place: Difference) -> str:
    """Tell the place of the first wrong entry: " at time step 3, batch row 0 and unit 2 (counted from 0)"."""
    index, axes = place.index, place.axes
    if not index:
        return ""
    if len(axes) != len(index) or any(axis not in AXES for axis in axes):
        axes = "?" * len(index)
    if len(index) == 1 and axes not in ("T", "B", "H"):
        return f" at entry {index[0]} (counted from 0)"
    if len(index) == 2 and "B" not in axes and "T" not in axes:
        return f" at row {index[0]} and column {index[1]} (counted from 0)"
    if axes[0] == "?":
        return f" at index {index} (counted from 0)"
    once = [axis for axis in axes if axes.count(axis) == 1]
    said = [f"{AXES[axis]} {i}" for axis, i in zip(axes, index) if axis in once]
    again = tuple(i for axis, i in zip(axes, index) if axis not in once)
    said += [f"the entry {again} of what is left"] * bool(again)
    return f" at {listed(said)} (counted from 0)"


def _related(place: Difference) -> str:
    """Tell what the output is of the right one."""
    kind, _, what = place.relation.partition(" ")
    if kind == "output":
        return f"holds what {what} should hold"
    if kind != "factor":
        return RELATIONS[place.relation]
    if what == "-1":
        return f"has the wrong sign{' everywhere' * bool(place.index)} and is right otherwise"
    size = what.lstrip("-").removeprefix("1/")
    if size[:1].isalpha():
        by = f"divided by {SIZES.get(size, size)}" if "1/" in what else f"multiplied by {SIZES.get(size, size)}"
        return f"is what is expected, {by}{', and with the wrong sign' if what[0] == '-' else ''}"
    return f"is {what} times what is expected{', in every entry' * bool(place.index)}"


def note(one: Note) -> str:
    """Tell what is not wrong and still worth a word."""
    names, were = listed(one.names, 6), "were" if len(one.names) > 1 else "was"
    return {
        "changed": f"{names} {were} changed in place. No points are lost, but a caller may not expect it.",
        "random": "NumPy's global random state was changed. Use a Generator of your own.",
    }.get(one.kind, names)


def plain(text: str) -> str:
    """Return the text without the characters that steer a terminal; what a student's exception says is part of it."""
    return re.sub(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]", "?", text)[:LONGEST]
