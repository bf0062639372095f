"""What a check concludes, as data: one record from the check to the gradebook, the reports and the audit log.

Its sentences are made at the end, by autograder/checks/words.py, and nobody reads them back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from autograder.checks import words
from autograder.checks.book import built
from autograder.inside.values import Raised

__all__ = ["CheckFailed", "Difference", "FailedCase", "Note", "Verdict"]


@dataclass(frozen=True)
class Difference:
    """How one output is not what was expected. The expected shape is in it, an expected number never.

    kind: none, parts (not as many results), type (no array), dtype (no numbers), shape, not-finite or value, and those
    of words.SHAPELESS. got: what came, in words, or its shape, or keys. hint: reshaped, transposed, batch-first or
    axes, where the values are right; for parts, what is expected. index, axes: of the first entry that is wrong, and
    the letters of the axes if there are as many. wrong, of: so many entries of all. error: the largest relative one, 0
    where whole numbers are expected, a text where it is no number that JSON knows. relation: what all of it is of the
    right array, see checks/relations.py.
    """

    output: str
    kind: str
    got: Any = None
    want: tuple[int, ...] = ()
    hint: str = ""
    index: tuple[int, ...] = ()
    axes: str = ""
    wrong: int = 0
    of: int = 0
    error: float | str = 0.0
    relation: str = ""


@dataclass(frozen=True)
class FailedCase:
    """The first case that failed. The number is the same for all students; the name may hold sizes that were drawn."""

    number: int
    name: str


@dataclass(frozen=True)
class Note:
    """What is not wrong and still worth a word. kind: changed or random. names: of arguments or functions."""

    kind: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a check, or one test cell of a notebook, concluded.

    score, of: points; at home the share of 1. share: of the points, 1 if all is right, between 0 and 1 only where an
    exercise has parts; right_parts are then the shares of those that are right already.
    case, cases, failed_cases: the first case that failed, how many ran, how many failed.
    reason: None for a true verdict of the check, else why there is none: undefined, dead, output, memory, total, call,
    protocol (the student's doing), or cell (the test cell itself raised).
    diagnosis: the id of the known mistake or of a general one. known: its sentence. blamed: an earlier function of the
    student's own that is wrong, and the one that calls it; empty where the exercise itself goes back through it.
    places: the outputs of the failed case that differ; right_outputs: those that do not. error: the exception that
    ended it. seen: what was seen otherwise, in the words of a case, of Python or of the kernel. called: the case's last
    calls, or the function that is undefined. equation, page: what to read again. notes: no mistakes. seconds: of the
    whole test cell.
    grade_id: nbgrader's name of the cell. told: all of the message, where it is not made of the rest: what a test cell
    printed besides, or a record from before verdicts were data.
    """

    exercise: str
    score: float = 0.0
    of: float = 1.0
    share: float = 0.0
    case: FailedCase | None = None
    cases: int = 0
    failed_cases: int = 0
    reason: str | None = None
    diagnosis: str | None = None
    known: str = ""
    blamed: tuple[str, ...] = ()
    places: tuple[Difference, ...] = ()
    right_outputs: tuple[str, ...] = ()
    error: Raised | None = None
    seen: str = ""
    called: tuple[str, ...] = ()
    equation: str = ""
    page: str = ""
    right_parts: dict[str, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    seconds: float = 0.0
    grade_id: str = ""
    told: str = ""

    @property
    def passed(self) -> bool:
        """Return whether all of it is right."""
        return self.share == 1

    @property
    def message(self) -> str:
        """Return the verdict in words, for the student."""
        return words.message(self)

    @classmethod
    def of_data(cls, data: Any) -> Verdict:
        """Return the verdict in a record (`dataclasses.asdict`, as JSON). What a record lacks has its default.

        A record from before verdicts were data has its words: `message` and `warnings` are told as they stand.
        Raise ValueError for what is no record of a verdict.
        """
        if not isinstance(data, dict) or not {"exercise", "score"} <= data.keys():
            raise ValueError(f"verdict: got {str(data)[:100]}, expected a record with exercise and score")
        for name in ("score", "of", "share", "cases", "failed_cases"):
            if not isinstance(data.get(name) or 0, int | float):
                raise ValueError(f"verdict: got {name} {str(data[name])[:100]!r}, expected a number")
        if "message" in data:
            notes = [{"kind": "said", "names": [text]} for text in data.get("warnings", ())]
            share = float(bool(data.get("passed")))
            old = {"told": data["message"], "of": data.get("points", 1.0), "share": share, "notes": notes}
            data = old | {name: value for name, value in data.items() if value is not None}
        try:
            return _read(cls, data)
        except (TypeError, AttributeError) as error:  # a part of another shape, or one that lacks what it must have
            raise ValueError(f"verdict: a record of {data['exercise']} cannot be read: {error}") from error


class CheckFailed(AssertionError):
    """Raised by `check`, with the verdict. In a notebook it shows its message alone, without a traceback."""

    @property
    def verdict(self) -> Verdict:
        """Return all that was concluded."""
        return self.args[0]

    def __str__(self) -> str:
        return words.message(self.verdict, built())

    def _render_traceback_(self) -> list[str]:  # the hook that IPython asks for
        return [str(self)]


PARTS = {"case": FailedCase, "error": Raised, "places": Difference, "notes": Note}


def _read(kind: Any, data: dict[str, Any]) -> Any:
    """Return a record of this kind; of what JSON has no word for, lists are tuples and objects are records."""
    given = {one.name: data[one.name] for one in fields(kind) if data.get(one.name) is not None}
    for name, value in given.items():
        part = PARTS.get(name) if kind is Verdict else None
        if isinstance(value, list):
            given[name] = tuple(_read(part, one) if part else one for one in value)
        elif part:
            given[name] = _read(part, value)
    return kind(**given)
