"""Feedback: one page for each student and assignment, from the graded notebook alone.

Everything a student wrote or printed is text here, never markup, and the page allows no script at all.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from nbformat import NotebookNode

from autograder.checks.library import exercises, load_cases
from autograder.course import Course

__all__ = ["environment", "graded_notebooks", "write_feedback"]

KEPT = 4_000
BOOK = Path(__file__).resolve().parent.parent / "_build" / "html"


def environment() -> Environment:
    """Templates that escape everything and refuse a name that is not there."""
    templates = Environment(
        loader=PackageLoader("autograder"), autoescape=select_autoescape(["html"]), undefined=StrictUndefined
    )
    templates.filters["points"] = lambda number: f"{number:.2f}".rstrip("0").rstrip(".")
    return templates


def graded_notebooks(course: Course) -> list[tuple[str, str, NotebookNode]]:
    """(student, assignment, notebook) of all that is graded, in order."""
    paths = sorted(course.root.glob("autograded/*/*/*.ipynb"))
    return [(path.parts[-3], path.parts[-2], nbformat.read(path, as_version=4)) for path in paths]


def write_feedback(course: Course, student: str | None = None, assignment: str | None = None) -> list[Path]:
    """Write the pages of one student or all, one assignment or all. Returns their paths."""
    template, written = environment().get_template("feedback.html"), []
    for who, what, notebook in graded_notebooks(course):
        if student not in (None, who) or assignment not in (None, what):
            continue
        path = course.root / "feedback" / who / what / f"{what}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        book = os.path.relpath(BOOK, path.parent)
        path.write_text(
            template.render(student=who, assignment=what, book=book, **_content(notebook)), encoding="utf-8"
        )
        written.append(path)
    return written


def _content(notebook: NotebookNode) -> dict[str, Any]:
    record = notebook.metadata["rnn_course"]
    tests = [{**verdict, **_reread(verdict["exercise"])} for verdict in record["verdicts"]]
    return {
        "tests": tests,
        "score": sum(test["score"] for test in tests),
        "points": sum(test["points"] for test in tests),
        "remarks": record["remarks"],
        "error": record["error"],
        "cells": [_cell(cell) for cell in notebook.cells if _is_students(cell)],
    }


def _reread(exercise: str) -> dict[str, str]:
    if exercise not in exercises():
        return {"equation": "", "page": ""}
    spec = load_cases(exercise)
    return {"equation": spec.EQUATION, "page": spec.PAGE}


def _is_students(cell: NotebookNode) -> bool:
    mark = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(cell.source.strip()) and not mark.get("grade") and not mark.get("locked")


def _cell(cell: NotebookNode) -> dict[str, Any]:
    texts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        else:
            texts.append(str(output.get("data", {}).get("text/plain", "")))
    output = "\n".join(texts)
    return {
        "title": cell.metadata.get("nbgrader", {}).get("grade_id", "a cell you added"),
        "source": cell.source,
        "output": output if len(output) <= KEPT else output[:KEPT] + f"\n... {len(output) - KEPT} more characters",
        "error": any(output.output_type == "error" for output in cell.outputs),
    }
