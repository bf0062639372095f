"""Read percent files: the assignments in solutions/, and whatever else is written as cells in one file.

    # %% [markdown] limits={"forbidden": ["jax"], "cell": 60}   words; the first cell may set limits of the sandbox
    # %% [markdown] hints="rnn_step"                            up to three, between lines ***, that open one by one
    # %% exercise="rnn_step" level="build" minutes=15           the answer, fenced by ### BEGIN and ### END SOLUTION
    # %% check="rnn_step" points=4                              its test
    # %% [markdown] notice="rnn_step"                           words that `check` shows when the answer is right
    # %% given="imports"                                        code that students get, locked
    # %% [markdown] answer="why" points=2                       words (or code) to which a person gives points
    # %% [markdown]                                             words
    # %%                                                        code that students may change

Attributes stand in any order, their values are JSON. What is not known here is refused, with file and line, so that
nothing falls out of a notebook or a sum of points without a word.

The format is jupytext's. Its own reader is not asked: it takes longer to import than a check at home takes in all,
and it passes over what it cannot read. A test reads every assignment with both.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["KINDS", "Assignment", "Cell", "cells", "preamble", "read", "refuse"]

NAMED = {
    "exercise": False,
    "check": True,
    "given": False,
    "answer": True,
    "hints": False,
    "notice": False,
    "drop": False,
}
"""Attributes that say what a cell is, and whether such a cell has points."""
KINDS = ("exercise", "check", "given", "answer", "hints", "notice", "text", "code")
"""What the cells of an assignment may be; text and code are those without a name."""
WORDS, ABOUT = ("answer", "hints", "notice", "text"), ("hints", "notice")
"""Cells that may be Markdown, and those that must be, since they say something of an exercise."""
LEVELS = ("build", "derive")
"""Whether an exercise builds what the book derives, or something that the student derives first."""
MOST_HINTS, BETWEEN_HINTS = 3, "\n***\n"

MARK = re.compile(r"^(?=# %%)", re.M)
HEADER = re.compile(r"# %%(?: (\[markdown\]))?(?: (.*))?")
ATTRIBUTE = re.compile(r"\s*([A-Za-z_]\w*)=")
ALMOST = re.compile(r"\s*#\s*%%")
NAME, IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+"), re.compile(r"[A-Za-z_]\w*", re.A)
DECODER = json.JSONDecoder()
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class Cell:
    """One cell. source: as a notebook holds it, Markdown without its comment signs. line: of its header, from 1."""

    kind: str
    name: str
    points: float
    source: str
    line: int
    markdown: bool
    limits: Mapping[str, Any] = field(default_factory=dict)
    level: str = "build"
    minutes: float = 0

    @property
    def id(self) -> str:
        """Return what the gradebook knows it by; nothing for a cell without a name."""
        prefixed = {"check": f"{self.name}-check", **{kind: f"{kind}-{self.name}" for kind in ("given", *ABOUT)}}
        return prefixed.get(self.kind, self.name)

    @property
    def hints(self) -> list[str]:
        """Return the hints that a cell of hints holds, in order."""
        return [hint.strip() for hint in self.source.split(BETWEEN_HINTS)]

    @property
    def unfenced(self) -> str:
        """Return the source without the lines that fence a solution."""
        lines = self.source.split("\n")
        return "\n".join(line for line in lines if line.strip() not in (BEGIN, END)).strip() + "\n"


@dataclass(frozen=True)
class Assignment:
    """A whole file. cells: in order; every exercise among them has its check."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """Return the name of the file, without its ending."""
        return self.path.stem

    @property
    def title(self) -> str:
        """Return the first heading, or the name where there is none."""
        headings = (re.search(r"^# (.+)", cell.source, re.M) for cell in self.cells if cell.markdown)
        return next((found[1].strip() for found in headings if found), self.name)

    @property
    def limits(self) -> Mapping[str, Any]:
        """Return what the first cell says of the sandbox; `build` compares it with what the sandbox knows."""
        return self.cells[0].limits

    @property
    def points(self) -> dict[str, float]:
        """Return the points of each exercise, in the order of the checks."""
        return {cell.name: cell.points for cell in self.cells if cell.kind == "check"}

    @property
    def code(self) -> tuple[Cell, ...]:
        """Return the cells that define something: what is given, and the solutions; nothing rests on the rest."""
        return tuple(cell for cell in self.cells if cell.kind in ("exercise", "given"))

    def notice(self, exercise: str) -> str:
        """Return what the student should notice once the exercise is right; nothing where nothing is said."""
        return next((cell.source for cell in self.cells if (cell.kind, cell.name) == ("notice", exercise)), "")

    def solution(self, exercise: str) -> Cell:
        """Return the cell that solves an exercise. Raise ValueError for one that is not of this assignment."""
        for cell in self.cells:
            if (cell.kind, cell.name) == ("exercise", exercise):
                return cell
        raise ValueError(f"exercise: got {exercise!r}, expected one of {', '.join(self.points)}")


def refuse(where: str, line: int, got: str, expected: str) -> NoReturn:
    """Raise the ValueError that names a place in a file."""
    raise ValueError(f"{where}:{line}: got {got}, expected {expected}")


def read(path: Path) -> Assignment:
    """Read an assignment. Raise ValueError, naming file and line, for whatever is not as the head of this file says."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        refuse(path.name, error.object.count(b"\n", 0, error.start) + 1, "bytes that are no UTF-8", "text in UTF-8")
    for number, line in enumerate(text.split("\n"), 1):
        if ALMOST.match(line) and not line.startswith("# %%"):
            refuse(path.name, number, repr(line), "`# %%` at the begin of the line")
    for number, line in enumerate(preamble(text).split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            refuse(path.name, number, f"{line!r} in front of the first cell", "comments only")
    assignment = Assignment(path, tuple(cells(text, KINDS, path.name)))
    if not assignment.cells:
        refuse(path.name, 1, "no cell", "cells that begin with `# %%`")
    _pairs(assignment)
    for cell in assignment.cells:
        _fences(path.name, cell)
    return assignment


def preamble(text: str) -> str:
    """Return what stands in front of the first cell."""
    return MARK.split(text, maxsplit=1)[0]


def cells(text: str, kinds: Iterable[str], where: str) -> Iterator[Cell]:
    """Yield the cells of a percent file. kinds: what they may be. where: the file's name, for errors."""
    head, *parts = MARK.split(text)
    line = 1 + head.count("\n")
    for number, part in enumerate(parts):
        header, _, body = part.partition("\n")
        cell = _cell(header, body, tuple(kinds), where, line)
        if cell.limits and number:
            refuse(where, line, "limits", "them on the first cell")
        yield cell
        line += part.count("\n")


def _cell(header: str, body: str, kinds: tuple[str, ...], where: str, line: int) -> Cell:
    """Read one cell, its header understood to the last letter."""
    matched = HEADER.fullmatch(header.rstrip())
    if not matched:
        refuse(where, line, repr(header), "`# %%`, [markdown] where it is text, and attributes")
    markdown, said = bool(matched[1]), _attributes(matched[2] or "", where, line)
    named = [key for key in NAMED if key in kinds]
    known = [*named, "points", *(["limits", "level", "minutes"] if "text" in kinds else [])]
    for key in said:
        if key not in known:
            refuse(where, line, f"the attribute {key!r}", _listed(known))
    roles = [key for key in named if key in said]
    if len(roles) > 1:
        refuse(where, line, " and ".join(roles) + " on one cell", "one of them")
    kind = roles[0] if roles else "text" if markdown else "code"
    name = said.get(kind, "")
    if roles:
        fits = IDENTIFIER if kind in ("exercise", "check") else NAME
        if not isinstance(name, str) or not fits.fullmatch(name):
            what = "of letters, digits, _" + ("" if fits is IDENTIFIER else " and -")
            refuse(where, line, f"{kind}={json.dumps(name)}", f"a name {what}")
    if kind not in kinds or (markdown and kind not in WORDS):
        refuse(where, line, "[markdown]" + f" on {kind}" * bool(roles), "a cell of code")
    if kind in ABOUT and not markdown:
        refuse(where, line, f"{kind} on a cell of code", "[markdown]")
    limits = said.get("limits", {})
    if "limits" in said and (kind != "text" or not isinstance(limits, dict)):
        refuse(where, line, f"limits={json.dumps(limits)} on {kind}", "an object, on a cell of text")
    source = _uncommented(body.rstrip(), where, line) if markdown else body.rstrip("\n")
    points, (level, minutes) = _points(said, kind, name, where, line), _effort(said, kind, where, line)
    return Cell(kind, name, points, source, line, markdown, limits, level, minutes)


def _attributes(text: str, where: str, line: int) -> dict[str, Any]:
    """Return every key=value of a header."""
    found, at = {}, 0
    while text[at:].strip():
        key = ATTRIBUTE.match(text, at)
        try:
            if not key or (at and not text[at].isspace()):
                raise ValueError
            value, end = DECODER.raw_decode(text, key.end())
        except (ValueError, RecursionError):
            refuse(where, line, repr(text[at:].strip()), 'attributes, key="name" or key=number')
        if key[1] in found:
            refuse(where, line, f"the attribute {key[1]!r} twice", "it once")
        found[key[1]], at = value, end
    return found


def _points(said: dict[str, Any], kind: str, name: str, where: str, line: int) -> float:
    """Return the points: a number above 0 where the kind has points, else 0."""
    points, what = said.get("points", 0), f"{kind} {name!r}" if name else kind
    if not NAMED.get(kind, False):
        if "points" in said:
            refuse(where, line, f"points on {what}", "them on check or answer")
    elif isinstance(points, bool) or not isinstance(points, int | float) or points <= 0 or not math.isfinite(points):
        told = f"points={json.dumps(points)}" if "points" in said else "no points"
        refuse(where, line, f"{what} with {told}", "a number above 0")
    return points


def _effort(said: dict[str, Any], kind: str, where: str, line: int) -> tuple[str, float]:
    """Return the level of an exercise, and the minutes it takes, 0 where that is not said."""
    level, minutes = said.get("level", LEVELS[0]), said.get("minutes", 0)
    if kind != "exercise" and not {"level", "minutes"}.isdisjoint(said):
        refuse(where, line, f"level or minutes on {kind}", "them on exercise")
    if level not in LEVELS:
        refuse(where, line, f"level={json.dumps(level)}", _listed([json.dumps(one) for one in LEVELS]))
    if isinstance(minutes, bool) or not isinstance(minutes, int) or minutes < ("minutes" in said):
        refuse(where, line, f"minutes={json.dumps(minutes)}", "a whole number above 0")
    return level, minutes


def _uncommented(body: str, where: str, line: int) -> str:
    """Return Markdown without the comment signs before each line."""
    lines = body.split("\n")
    for number, text in enumerate(lines, line + 1):
        if text.strip() and text != "#" and not text.startswith("# "):
            refuse(where, number, repr(text), "`# ` before each line of text")
    return "\n".join(text[2:] for text in lines)


def _pairs(assignment: Assignment) -> None:
    """Refuse a name that stands twice, an exercise without its check, and a check without its exercise."""
    where, seen = assignment.path.name, {}
    for cell in assignment.cells:
        if cell.name and cell.id in seen:
            refuse(where, cell.line, f"{cell.kind} {cell.name!r} twice", f"each name once; line {seen[cell.id]} has it")
        seen[cell.id] = cell.line
    for cell in assignment.cells:
        if cell.kind == "exercise" and f"{cell.name}-check" not in seen:
            refuse(where, cell.line, f"exercise {cell.name!r} without its check", "both")
        if cell.kind in ("check", *ABOUT) and cell.name not in seen:
            refuse(where, cell.line, f"{cell.kind} {cell.name!r} without its exercise", "both")
        if cell.kind == "hints" and not (all(cell.hints) and len(cell.hints) <= MOST_HINTS):
            got = f"{len(cell.hints)} hints" if all(cell.hints) else "an empty hint"
            refuse(where, cell.line, got, f"at most {MOST_HINTS}, with a line *** between two")


def _fences(where: str, cell: Cell) -> None:
    """Refuse fences that do not open and close in turn, or that fence no solution, and an exercise without any."""
    open_since = 0
    for number, text in enumerate(cell.source.split("\n"), cell.line + 1):
        if "BEGIN SOLUTION" not in text and "END SOLUTION" not in text:
            continue
        if cell.kind not in ("exercise", "answer"):
            refuse(where, number, f"{text.strip()!r} in a cell of {cell.kind}", "it in an exercise or an answer")
        wanted = END if open_since else BEGIN
        if text.strip() != wanted:
            refuse(where, number, repr(text.strip()), wanted)
        open_since = 0 if open_since else number
    if open_since:
        refuse(where, open_since, f"{BEGIN} alone", f"{END} after it")
    if cell.kind == "exercise" and BEGIN not in cell.source:
        refuse(where, cell.line, f"exercise {cell.name!r} without {BEGIN}", "its answer between fences")


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
