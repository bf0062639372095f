"""What is written for Dolos and JPlag: the students' own code alone, in files that nobody's name can misplace."""

import ast
import csv
import os

import nbformat
import pytest
from click.testing import CliRunner
from nbformat import v4

from autograder.__main__ import main
from autograder.build import build
from autograder.course import Course
from autograder.reports.copies import own_code, runnable, write_similar

NAME = "ch01_rnn"
MINE = "def rnn_step(x, h, V, W, b):\n    return np.tanh(x @ V.T + h @ W.T + b), None"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("built"))
    build(course)
    return course


@pytest.fixture
def course(built, tmp_path):
    """Return a course with the built notebooks and no submissions."""
    course = Course(tmp_path / "course")
    course.root.mkdir()
    for step in ("source", "release"):
        os.symlink(built.root / step, course.root / step)
    return course


def released(course):
    return nbformat.read(course.notebook("release", NAME), as_version=4)


def hand_in(course, student, notebook):
    path = course.notebook("submitted", NAME, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook))
    path.with_name("timestamp.txt").write_text("2026-03-01 12:00:00 UTC")


def answered(course, text=MINE, added=()):
    notebook = released(course)
    for cell in notebook.cells:
        if cell.id == "rnn_step":
            cell.source = text
    notebook.cells[3:3] = [v4.new_code_cell(source) for source in added]
    return notebook


def test_own_code_is_answers_and_added_cells_and_nothing_that_was_given(course):
    notebook = answered(course, added=["def helper(a):\n    return a + 1"])
    notebook.cells.append(v4.new_markdown_cell("my thoughts"))
    twin = next(cell for cell in notebook.cells if cell.source.startswith("import numpy"))
    notebook.cells.append(v4.new_code_cell(twin.source))  # a copy of a given cell is not the student's
    code = own_code(notebook, course.source(NAME))
    assert "def helper" in code and MINE in code
    assert "import numpy" not in code and "check(" not in code and "my thoughts" not in code
    names = [node.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    assert names.count("rnn_step") == 1 and names[0] == "helper"


def test_the_instructors_answer_never_gets_into_a_students_file(course):
    notebook = released(course)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "rnn_forward"]
    code = own_code(notebook, course.source(NAME))
    assert "BEGIN SOLUTION" not in code and "def rnn_forward(" not in code


@pytest.mark.parametrize(
    "source, kept",
    [
        ("%matplotlib inline\nx = (5\n % 3)\ny = 1  # why?", "y = 1  # why?"),
        ("%%time\ndef f():\n    return 1", "\ndef f():\n    return 1"),
        ("  x = 1\n  !ls", "x = 1"),
        ("files = !ls\nif files:\n    %timeit 1\nz = 2", "z = 2"),
        ("numpy.tanh?\nz = 2", "z = 2"),
        ("%%bash\nfor f in *; do ls; done", "# for f in *"),
        ("def f(:\n    pass", "# def f(:"),
        ("x = '\0'", "# x"),
        ("x = 1\n" * 100_000, "# x"),
    ],
)
def test_any_cell_becomes_something_that_parses_and_keeps_what_is_python(source, kept):
    text = runnable(source)
    ast.parse(text)
    assert kept in text
    code = [line for line in text.splitlines() if not line.lstrip().startswith(("#", "pass  #"))]
    assert not any("get_ipython" in line or "!ls" in line for line in code)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("filling", ["\n", " ", "\t\n", "get_ipython()", "%%x\n"])
def test_a_long_cell_takes_no_more_than_its_length(filling):
    text = "!" + (filling * 199_000)[:199_000] + "("
    # A pattern that begins with \s* took the square of the number of lines, and IPython minutes.
    assert compile(runnable(text), "cell", "exec", flags=ast.PyCF_ONLY_AST)


def test_python_is_left_as_it_is():
    assert runnable("x = 7\ny = x \\\n  % 3\n") == "x = 7\ny = x \\\n  % 3\n"


def test_info_csv_is_what_dolos_reads_and_the_folders_are_what_jplag_reads(course, tmp_path):
    hand_in(course, "ada", answered(course))
    hand_in(course, 'bo, "the" = ü', answered(course))
    (written,) = write_similar(course, tmp_path / "out")
    with open(written.info, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all((written.info.parent / row["filename"]).is_file() for row in rows)
    assert [row["ignored"] for row in rows] == ["true", "", ""]  # Dolos: one template, and no more than one
    assert [row["full_name"] for row in rows[1:]] == ["ada", 'bo, "the" = ü']
    assert {row["created_at"] for row in rows[1:]} == {"2026-03-01 12:00:00 +0000"}
    assert rows[0]["filename"] == f"template/{NAME}.py"
    assert sorted(p.name for p in (tmp_path / "out" / NAME).iterdir()) == ["info.csv", "submissions", "template"]
    for folder in (tmp_path / "out" / NAME / "submissions").iterdir():
        assert [p.name for p in folder.iterdir()] == [f"{NAME}.py"]
        ast.parse((folder / f"{NAME}.py").read_text())
    template = (tmp_path / "out" / NAME / "template" / f"{NAME}.py").read_text()
    assert "import numpy" in template and "def rnn_step" in template and "check(" in template
    assert "np.tanh" not in template


STRANGE = ["=cmd|' C calc'!A0", "+A1", "-A1", "@sum", "A.B", "a-b", "A-b", "..", "...", "%2e%2e", "名前", "CON", "a\nb"]


def test_no_students_name_leads_out_or_takes_anothers_place_or_is_a_formula(course, tmp_path):
    for k, student in enumerate(STRANGE):
        hand_in(course, student if student != ".." else "..x", answered(course, f"student = {k}"))
    before = {p for p in tmp_path.rglob("*") if "out" not in p.parts}
    (written,) = write_similar(course, tmp_path / "out")
    assert {p for p in tmp_path.rglob("*") if "out" not in p.parts} == before
    paths = list(written.submissions.values())
    assert len(paths) == len(STRANGE) and written.skipped == []
    assert len({str(p).lower() for p in paths}) == len(paths)
    folder = tmp_path / "out" / NAME / "submissions"
    for path in paths:
        assert path.parent.parent == folder and set(path.parent.name) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
        )
    assert sorted(int(path.read_text().split("student = ")[1].split()[0]) for path in paths) == list(
        range(len(STRANGE))
    )
    with open(written.info, newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert "'=cmd|' C calc'!A0" in cells


def test_what_cannot_be_read_is_told_and_passed_over(course, tmp_path):
    hand_in(course, "ada", answered(course))
    hand_in(course, "torn", '{"cells": [')
    course.notebook("submitted", NAME, "nothing").parent.mkdir(parents=True)
    result = CliRunner().invoke(main, ["similar", str(tmp_path / "out"), "--course", str(course.root)])
    assert result.exit_code == 0 and "1 submissions" in result.output
    assert "'torn': the file is not a readable notebook" in result.output
    assert "'nothing': there is no file" in result.output
    assert [p.name for p in (tmp_path / "out" / NAME / "submissions").iterdir()] == ["ada"]


def test_a_folder_that_holds_something_is_refused(course, tmp_path):
    hand_in(course, "ada", answered(course))
    write_similar(course, tmp_path / "out")
    with pytest.raises(FileExistsError, match="is not empty"):
        write_similar(course, tmp_path / "out")
    with pytest.raises(FileNotFoundError, match="ch02"):
        write_similar(course, tmp_path / "out", "ch02_bptt")
