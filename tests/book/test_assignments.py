"""Every assignment opens from a page: its notebook lies there, and fetches the course where that is missing."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import nbformat
import pytest

from autograder.checks.known_answers import answers, exercises
from autograder.checks.solutions import assignments

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def extension():
    spec = importlib.util.spec_from_file_location("assignments_extension", ROOT / "book" / "_ext" / "assignments.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_assignment_is_opened_by_one_page():
    text = "".join(page.read_text() for page in (ROOT / "book").rglob("*.md"))
    assert sorted(re.findall(r"^`{3}\{assignment\} (\w+)$", text, flags=re.M)) == sorted(assignments())


@pytest.mark.parametrize("assignment", sorted(assignments()))
def test_a_published_notebook_is_the_released_one_with_a_cell_that_fetches_the_course(extension, assignment):
    plain, published = extension.published(assignment, ""), extension.published(assignment, "https://example.org/a/b")
    nbformat.validate(published)
    fetching = published.cells.pop(1)
    assert "git clone --quiet --depth 1 https://example.org/a/b rnn-course" in fetching.source
    assert nbformat.writes(published) == nbformat.writes(plain)
    assert "BEGIN SOLUTION" not in nbformat.writes(published)


def test_the_notebooks_and_the_index_are_among_the_pages(book):
    for assignment in assignments():
        notebook = nbformat.read(book / "_static" / "notebooks" / f"{assignment}.ipynb", as_version=4)
        assert any(cell.source.startswith('check("') for cell in notebook.cells)
    index = (book / "exercises.html").read_text()
    assert [name for name in exercises() if f">{name}<" not in index] == []


def test_the_stored_counts_of_the_grader_are_those_of_the_exercises_and_answers_there_are():
    stored = json.loads((ROOT / "results" / "grader.json").read_text())["exercises"]
    counted = {row["exercise"]: (row["wrong"], row["right"]) for row in stored}
    found = {name: (len(answers(name, "wrong")), len(answers(name, "right"))) for name in exercises()}
    assert counted == found, "count anew: python -m autograder.quality --json results/grader.json"
