"""The builder: same bytes, no answers in the release, and notebooks that stock nbgrader accepts."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.build import build, source_notebook
from autograder.checks import solutions
from autograder.checks.solutions import SOLUTIONS, assignments
from autograder.course import Course

BIN = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    build(course)
    return course


def tree(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*.ipynb")}


def test_two_builds_are_equal_to_the_byte_and_the_second_touches_nothing(course, tmp_path):
    other = Course(tmp_path / "other")
    build(other)
    assert tree(other.root) == tree(course.root)
    before = {path: path.stat().st_mtime_ns for path in course.root.rglob("*.ipynb")}
    build(course)
    assert before == {path: path.stat().st_mtime_ns for path in course.root.rglob("*.ipynb")}


@pytest.mark.parametrize("assignment", assignments())
def test_the_release_holds_no_line_of_a_solution(course, assignment):
    text = (SOLUTIONS / f"{assignment}.py").read_text()
    release = nbformat.read(course.notebook("release", assignment), as_version=4)
    nbformat.validate(release)
    given = "\n".join(c.source for c in release.cells if c.get("id", "").startswith("given-"))
    everything = "\n".join(cell.source for cell in release.cells)
    solutions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, flags=re.S)
    assert len(solutions) >= len(assignments()[assignment])  # an exercise can have two functions
    for line in {line.strip() for body in solutions for line in body.splitlines()}:
        if len(line) > 12 and line not in given:
            assert line not in everything
    assert "SOLUTION" not in everything
    assert everything.count("raise NotImplementedError") == len(solutions)
    assert not any(cell.get("outputs") for cell in release.cells)


@pytest.mark.parametrize("assignment", assignments())
def test_cells_are_marked_for_nbgrader(course, assignment):
    cells = nbformat.read(course.notebook("release", assignment), as_version=4).cells
    marks = {cell.metadata["nbgrader"]["grade_id"]: cell.metadata["nbgrader"] for cell in cells if cell.metadata}
    for exercise in assignments()[assignment]:
        assert marks[exercise]["solution"] and not marks[exercise]["locked"]
        test = marks[f"{exercise}-check"]
        assert test["grade"] and test["locked"] and not test["solution"] and test["points"] > 0
    going_on = [cell for cell in cells if "raises-exception" in cell.metadata.get("tags", ())]
    checks = [name for name, mark in marks.items() if mark["grade"] and mark["locked"]]
    assert [cell["id"] for cell in going_on] == checks
    assert sum(mark.get("points", 0) for mark in marks.values() if mark["locked"]) == 20  # a person gives the others
    assert len({cell["id"] for cell in cells}) == len(cells)


@pytest.mark.parametrize(
    ("limits", "complaint"),
    [
        ('{"cells": 60}', r"ch99_x\.py:2: got the limit 'cells', expected one of start, cell, "),
        ('{"cell": 0}', r"ch99_x\.py:2: limits: cell: got 0, expected a number above 0"),
        ('{"cell": "60"}', r"ch99_x\.py:2: limits: "),
        ('{"forbidden": ["a.b"]}', r"ch99_x\.py:2: limits: forbidden: got 'a\.b'"),
    ],
)
def test_limits_that_the_sandbox_does_not_know_are_refused(tmp_path, limits, complaint):
    path = tmp_path / "ch99_x.py"
    path.write_text(f"\n# %% [markdown] limits={limits}\n# Words.\n")
    with pytest.raises(ValueError, match=complaint):
        source_notebook(path)


def test_a_course_without_assignments_is_told_in_words(monkeypatch, tmp_path):
    monkeypatch.setattr(solutions, "SOLUTIONS", tmp_path)
    with pytest.raises(FileNotFoundError, match="no assignment to build"):
        build(Course(tmp_path / "course"))
    assert not (tmp_path / "course").exists()


def nbgrader(course, *arguments):
    return subprocess.run(
        [str(BIN / "nbgrader"), *arguments], cwd=course.root, env=ENVIRONMENT, capture_output=True, text=True
    )


@pytest.mark.slow
def test_stock_nbgrader_generates_validates_and_autogrades(tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'rnn'\nc.CourseDirectory.root = '.'\n"
    )
    name = "ch01_rnn"
    generated = nbgrader(course, "generate_assignment", name, "--force")
    assert generated.returncode == 0, generated.stderr
    for step, right in [("source", True), ("release", False)]:
        validated = nbgrader(course, "validate", str(course.notebook(step, name)))
        assert ("Success! Your notebook passes all the tests." in validated.stdout) == right, validated.stdout
    for student, step in [("ada", "source"), ("bo", "release")]:
        path = course.notebook("submitted", name, student)
        path.parent.mkdir(parents=True)
        path.write_bytes(course.notebook(step, name).read_bytes())
    graded = nbgrader(course, "autograde", name)
    assert graded.returncode == 0, graded.stderr
    from autograder.gradebook.gradebook import scores

    got = scores(course)
    assert got[("ada", name)] == (20.0, 20.0)
    assert got[("bo", name)] == (0.0, 20.0)


def test_notebooks_are_json_with_a_trailing_newline(course):
    for path in course.root.rglob("*.ipynb"):
        text = path.read_text()
        json.loads(text)
        assert text.endswith("\n")


def test_effort_is_told_hints_are_folded_and_a_notice_is_no_cell(tmp_path):
    path = tmp_path / "ch99_x.py"
    path.write_text(
        "# %% [markdown]\n# ## 1. A step\n#\n# Words.\n\n"
        '# %% [markdown] hints="rnn_step"\n# Look at **(1.1)**.\n# ***\n# Write it down.\n\n'
        '# %% exercise="rnn_step" level="derive" minutes=20\ndef rnn_step():\n    """Step."""\n'
        "    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\n"
        '# %% check="rnn_step" points=1\ncheck("rnn_step", rnn_step)\n\n# %% [markdown] notice="rnn_step"\n# So.\n'
    )
    cells = source_notebook(path).cells
    assert cells[0].source.startswith(
        "## 1. A step\n\n*Derive it yourself, then build it. About 20 minutes, 1 point.*\n\nWords."
    )
    assert cells[1].source == (
        "<details><summary>Hint 1 of 2</summary>\n\nLook at **(1.1)**.\n\n"
        "<details><summary>Hint 2 of 2</summary>\n\nWrite it down.\n\n</details>\n</details>"
    )
    assert [bool(cell.metadata) for cell in cells] == [False, False, True, True]
