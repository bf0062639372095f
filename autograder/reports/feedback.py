"""Feedback: one page for each student and assignment, from the graded notebook and what the gradebook adds to it.

Everything a student wrote or printed is text here, never markup, and the page allows no script at all.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from nbformat import NotebookNode

from autograder.checks import book, words
from autograder.checks.known_answers import exercises, load_cases
from autograder.checks.verdict import Verdict
from autograder.course import Course
from autograder.files import Refused, read_plain
from autograder.gradebook.handed_in import HandedIn
from autograder.gradebook.ledger import Standing, ledger
from autograder.gradebook.records import Mark, record_of

__all__ = ["bring_along", "environment", "write_feedback"]

KEPT = 4_000


def environment() -> Environment:
    """Return templates that escape everything and refuse a name that is not there."""
    templates = Environment(
        loader=PackageLoader("autograder.reports"), autoescape=select_autoescape(["html"]), undefined=StrictUndefined
    )
    templates.filters["points"] = lambda number: f"{number:.2f}".rstrip("0").rstrip(".")
    return templates


def write_feedback(course: Course, student: str | None = None, assignment: str | None = None) -> list[Path]:
    """Write the pages of one student or all, one assignment or all. Return their paths.

    Beside them goes what `nbgrader release_feedback` needs with a page of a submission that came through the exchange.
    """
    template, written, given = environment().get_template("feedback.html"), [], ledger(course)
    for graded in sorted(course.root.glob("autograded/*/*/*.ipynb")):
        who, what = graded.parts[-3], graded.parts[-2]
        if student not in (None, who) or assignment not in (None, what):
            continue
        nothing = Standing(who, what, 0.0, 0.0, HandedIn(None, "nothing"), None)
        content = _content(who, what, nbformat.read(graded, as_version=4), given.get((who, what), nothing))
        if content is None:
            continue
        path = course.root / "feedback" / who / what / f"{what}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        page = template.render(student=who, assignment=what, **content)
        path.write_text(page, encoding="utf-8", errors="backslashreplace")
        bring_along(course.notebook("submitted", what, who).parent, path.parent)
        written.append(path)
    return written


def bring_along(submitted: Path, folder: Path) -> None:
    """Copy when it was handed in, and the secret by which the student's nbgrader finds the page in the exchange.

    A link in the place of either could lead to the course's own secret, so none is followed.
    """
    for name in ("timestamp.txt", "submission_secret.txt"):
        (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError, Refused):
            (folder / name).write_bytes(read_plain(submitted.parent.parent, *submitted.parts[-2:], name, most=1000))


def _content(student: str, assignment: str, notebook: NotebookNode, given: Standing) -> dict[str, Any] | None:
    record = record_of(student, assignment, notebook)
    if record is None:
        return None
    tests = [_test(verdict, given.cells.get(verdict.grade_id)) for verdict in record.verdicts]
    judged = {verdict.grade_id for verdict in record.verdicts}
    by_hand = {name: mark for name, mark in given.cells.items() if name not in judged}
    score = sum(test["score"] for test in tests) + sum(mark.score for mark in by_hand.values())
    return {
        "tests": tests,
        "by_hand": by_hand,
        "score": score,
        "penalty": given.penalty,
        "total": score - given.penalty,
        "points": sum(test["points"] for test in tests) + sum(mark.points for mark in by_hand.values()),
        "waiting": sum(mark.points for mark in by_hand.values() if mark.waiting),
        "remarks": record.remarks,
        "error": record.error,
        "cells": [_cell(cell, given.comments) for cell in notebook.cells if _is_students(cell)],
    }


def _test(verdict: Verdict, mark: Mark | None) -> dict[str, Any]:
    """Return a verdict as the page shows it. A score that somebody gave by hand counts in place of the test's own."""
    changed = mark is not None and mark.by_hand
    return {
        "name": verdict.exercise or verdict.grade_id,
        "passed": verdict.passed,
        "message": verdict.message,
        "notes": [words.note(note) for note in verdict.notes],
        "cases": verdict.cases,
        **_reread(verdict.exercise),
        "points": verdict.of,
        "score": mark.score if mark is not None and changed else verdict.score,
        "by_hand": changed,
        "comment": mark.comment if mark is not None else "",
        "share": verdict.share,
        "cases_passed": _cases_passed(verdict),
    }


def _cases_passed(verdict: Verdict) -> int | None:
    """Return how many cases were right, where the record tells."""
    told = verdict.cases and (verdict.passed or verdict.failed_cases)
    return verdict.cases - verdict.failed_cases if told else None


def _reread(exercise: str) -> dict[str, str]:
    """Return the equation as the book shows it, and its address where the book is published."""
    if exercise not in exercises():
        return {"equation": "", "address": ""}
    label = load_cases(exercise).EQUATION
    return {"equation": book.named(label), "address": book.address(label, book.published())}


def _is_students(cell: NotebookNode) -> bool:
    """Return whether a cell is the student's: an answer, marked by hand or not, or one that the student added."""
    mark = cell.metadata.get("nbgrader", {})
    own = mark.get("solution") or (cell.cell_type == "code" and not mark.get("grade") and not mark.get("locked"))
    return bool(own and cell.source.strip())


def _cell(cell: NotebookNode, comments: dict[str, str]) -> dict[str, Any]:
    name, outputs = cell.metadata.get("nbgrader", {}).get("grade_id"), cell.get("outputs", [])
    texts = []
    for output in outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        else:
            texts.append(str(output.get("data", {}).get("text/plain", "")))
    output = "\n".join(texts)
    return {
        "title": name or "a cell you added",
        "comment": comments.get(name or "", ""),
        "source": cell.source,
        "output": output if len(output) <= KEPT else output[:KEPT] + f"\n... {len(output) - KEPT} more characters",
        "error": any(output.output_type == "error" for output in outputs),
    }
