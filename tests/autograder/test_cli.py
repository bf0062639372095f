"""The command line, as a student and an instructor use it."""

import os
import subprocess
import sys

import nbformat
import pytest
from click.testing import CliRunner

from autograder.__main__ import main
from autograder.build import build
from autograder.checks.solutions import assignments
from autograder.course import Course
from autograder.sandbox.bubblewrap import available


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    build(course)
    return course


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "autograder", *map(str, arguments)], capture_output=True, text=True)


@pytest.mark.parametrize("assignment", sorted(assignments()))
def test_a_student_whose_notebook_is_right_sees_it_and_gets_status_0(course, assignment):
    result = run("check", course.notebook("source", assignment))
    assert result.returncode == 0, result.stdout
    assert result.stdout.rstrip().endswith("All right.")


def test_a_student_sees_what_is_not_right_and_gets_status_1(course, tmp_path):
    notebook = nbformat.read(course.notebook("source", "ch01_rnn"), as_version=4)
    for cell in notebook.cells:
        if cell.get("id") == "rnn_step":
            cell.source = "def rnn_step(x, h, V, W, b):\n    return np.tanh(x @ V.T + h @ W + b), None"
        if cell.get("id") == "embed_backward":
            cell.source = "def embed_backward(dout, ids, vocab)\n    return dout"
    path = tmp_path / "mine.ipynb"
    nbformat.write(notebook, path)
    result = run("check", path)
    assert result.returncode == 1
    for words in [
        "[not right] rnn_step",
        "W is used where its transpose belongs",
        "[right] rnn_forward",
        "[not right] embed_backward",
        "SyntaxError",
        "2 not right yet",
    ]:
        assert words in result.stdout


def test_the_untouched_release_is_not_right_in_any_exercise(course):
    result = run("check", course.notebook("release", "ch01_rnn"))
    assert result.returncode == 1
    assert result.stdout.count("not written yet") == 5


def test_a_file_that_is_no_notebook_is_named(tmp_path):
    path = tmp_path / "mine.ipynb"
    path.write_text("not JSON")
    result = run("check", path)
    assert result.returncode == 2 and "not a readable notebook" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_teaches(command):
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert len(result.output.split()) > 25


def test_grading_without_a_sandbox_is_refused_in_words(course):
    environment = {**os.environ, "PATH": os.path.dirname(sys.executable)}
    result = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "--course", str(course.root)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "bubblewrap is not installed" in result.stderr and "--unsafe-without-sandbox" in result.stderr


def test_what_is_not_there_yet_is_told(tmp_path):
    result = run("report", "--course", tmp_path)
    assert result.returncode == 2 and "grade` first" in result.stderr


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_doctor_tells_of_each_promise():
    result = run("doctor")
    assert result.returncode == 0
    for words in ["no network", "reference", "memory"]:
        assert words in result.stdout
    assert result.stdout.count(" holds ") >= 8 and "what grading needs holds here" in result.stdout


def test_a_self_check_refuses_what_grading_refuses(tmp_path):
    from autograder.selfcheck import check_notebook

    course = Course(tmp_path / "course")
    build(course)
    notebook = nbformat.read(course.notebook("release", "ch01_rnn"), as_version=4)
    for cell in notebook.cells:
        if cell.id == "rnn_step":
            cell.source = (
                "import torch\n\ndef rnn_step(x, h, V, W, b):\n    return torch.tanh(x @ V.T + h @ W.T + b), None"
            )
    path = tmp_path / "mine.ipynb"
    path.write_text(nbformat.writes(notebook))
    (verdict,) = [v for v in check_notebook(path) if v.exercise == "rnn_step"]
    assert not verdict.passed and "torch is not to be used in this assignment" in verdict.message
