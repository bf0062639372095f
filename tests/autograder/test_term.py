"""A term as it happens, through the commands alone: odd files, a due date that moves, an exercise that is dropped."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.build import build
from autograder.checks import solutions
from autograder.course import Course
from autograder.gradebook.gradebook import scores
from autograder.sandbox.bubblewrap import available

ROOT = Path(__file__).resolve().parents[2]
NAME = "ch12_capstone"
pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")]


def say(course, *arguments):
    """Run a command of the grader in its own process. Return exit status, what it printed, and what it complained."""
    command = [sys.executable, "-m", "autograder", arguments[0], "--course", str(course.root), *arguments[1:]]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def split(notebook):
    """Split the answers' cells in two, as JupyterLab does: both halves bear the same id."""
    cells = []
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            first = cell.copy()
            first.source, first.id = "half = 1  # a line of its own", f"{cell.id}-half"
            cells.append(first)
        cells.append(cell)
    notebook.cells = cells


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course in which the same right work was handed in in many forms, and graded."""
    course = Course(tmp_path_factory.mktemp("term"))
    build(course)
    whole = course.source(NAME)
    text = nbformat.writes(whole)
    halves = nbformat.reads(text, as_version=4)
    split(halves)
    noisy = json.loads(text)
    noisy["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stderr", "text": ["nan, a warning\\n"] * 60_000}]
    forms = {
        "plain": text.encode(),
        "marked": b"\xef\xbb\xbf" + text.encode(),
        "utf16": text.encode("utf-16"),
        "split": nbformat.writes(halves).encode(),
        "noisy": json.dumps(noisy).encode(),
    }
    for student, data in forms.items():
        path = course.notebook("submitted", NAME, student)
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    other = course.notebook("submitted", NAME, "other").with_name("my work.ipynb")
    other.parent.mkdir(parents=True)
    other.write_bytes(text.encode())
    two = course.notebook("submitted", NAME, "two").parent
    two.mkdir(parents=True)
    for name in ("a.ipynb", "b.ipynb"):
        (two / name).write_bytes(text.encode())
    status, said, complained = say(course, "grade", "--assignment", NAME)
    assert status == 0, complained
    return course


def test_the_same_work_in_every_form_earns_the_same(course):
    found = {student: score for (student, _), (score, _) in scores(course).items()}
    assert found.pop("two") == 0
    assert set(found.values()) == {20.0}, found
    said = {path.parts[-3]: path.read_text() for path in course.root.glob("autograded/*/*/*.ipynb")}
    assert "The file is called my work.ipynb, not ch12_capstone.ipynb." in said["other"]
    assert "none of the files a.ipynb, b.ipynb is called ch12_capstone.ipynb" in said["two"]
    assert "stands there 2 times; all of them run, in order." in said["split"]


def test_who_or_what_is_not_there_is_an_error(course):
    assert say(course, "grade", "--student", "nosuch")[::2] == (
        2,
        "Error: student: got 'nosuch', expected marked, noisy, other, plain, split, two and utf16\n",
    )
    status, _, complained = say(course, "grade", "--assignment", "ch99")
    assert status == 2 and complained.startswith("Error: assignment: got 'ch99', expected ch01_rnn, ")


def test_a_due_date_that_moves_counts_at_once_and_is_explained(course):
    (course.root / "policy.toml").write_text(
        f"[late]\nper_day = 0.1\nmost = 0.5\n[due]\n{NAME} = 2020-01-01T12:00:00Z\n"
    )
    status, said, _ = say(course, "marks", "--student", "plain", "--explain")
    assert status == 0 and said.startswith(f"plain, {NAME}: 10 of ") and "by the file's own time" in said
    assert "due 2020-01-01 12:00:00 UTC" in said and "10 points taken" in said
    (course.root / "policy.toml").unlink()
    assert say(course, "marks", "--student", "plain")[1].startswith(f"plain, {NAME}: 20 of ")
    assert say(course, "marks", "--student", "nosuch")[0] == 1


def test_status_says_where_each_assignment_stands_and_what_to_type_next(course):
    lines = {line.split(":")[0]: line for line in say(course, "status")[1].splitlines()}
    assert lines["ch01_rnn"].endswith("next: collect ARCHIVE --assignment ch01_rnn")
    assert lines[NAME].startswith(f"{NAME}: 7 handed in, 7 graded, ")


def test_an_exercise_that_is_dropped_or_added_later_changes_the_marks_and_is_told(course, tmp_path):
    other = Course(tmp_path / "course")
    shutil.copytree(course.root, other.root)
    path = other.notebook("source", NAME)
    source = nbformat.read(path, as_version=4)
    dropped = next(iter(solutions.assignment(NAME).points))
    points = solutions.assignment(NAME).points[dropped]
    cells = list(source.cells)
    source.cells = [cell for cell in cells if cell.get("id") not in (dropped, f"{dropped}-check")]
    nbformat.write(source, path)
    status, said, complained = say(other, "grade", "--student", "plain")
    assert status == 0, complained
    assert f"other points than before: plain, {NAME}: 20, now {20 - points:g}" in said
    total = scores(other)["plain", NAME]
    assert total[0] == 20 - points
    source.cells = cells
    nbformat.write(source, path)
    assert say(other, "grade", "--student", "plain")[0] == 0
    assert scores(other)["plain", NAME][0] == 20
