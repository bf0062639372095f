"""What a notebook calls: `check` shows what to notice, and `bring` takes one's own functions where they are right."""

import nbformat
import pytest
from nbformat import v4

from autograder import bring, student
from autograder.build import release_notebook, source_notebook
from autograder.checks.solutions import SOLUTIONS, solution_functions
from autograder.student import check

BACK = solution_functions("rnn_backward")["rnn_backward"]
FORWARD = solution_functions("rnn_forward")["rnn_forward"]


def given(folder, *functions):
    """Call bring as a notebook does."""
    scope = {"__name__": "__main__", "bring": bring, "folder": folder, "functions": functions}
    exec("found = bring(*functions, folder=folder)", scope)
    return scope["found"]


@pytest.fixture
def earlier(tmp_path):
    """Return what writes the notebook of assignment 1, with cells replaced by name, and a cell of one's own."""

    def make(answers=(), solved=True, own=""):
        notebook = source_notebook(SOLUTIONS / "ch01_rnn.py")
        notebook = notebook if solved else release_notebook(notebook)
        for cell in notebook.cells:
            cell.source = dict(answers).get(cell.id, cell.source)
        notebook.cells.append(v4.new_code_cell(own))
        nbformat.write(notebook, tmp_path / "ch01_rnn.ipynb")
        return tmp_path

    return make


def test_ones_own_functions_are_brought_if_they_are_right(earlier, capsys):
    brought = given(earlier(own="print(1)\ndef helper():\n    return 1\n1 / 0"), FORWARD)
    assert brought is not FORWARD and brought.__globals__["helper"]() == 1
    assert capsys.readouterr().out == "`rnn_forward`: your own, from ch01_rnn.ipynb.\n"


WRONG = "def rnn_forward(x, h0, V, W, b):\n    return h0, None"
BAD = {
    "wrong": (dict(answers={"rnn_forward": WRONG}), "in ch01_rnn.ipynb the check of rnn_forward does not pass yet"),
    "unwritten": (dict(solved=False), "in ch01_rnn.ipynb the check of rnn_forward does not pass yet"),
    "no Python": (dict(answers={"rnn_forward": "def f("}), "the check of rnn_forward does not pass yet"),
    "raises": (dict(answers={"rnn_forward": "1 / 0"}), "could not be used: ZeroDivisionError: division by zero"),
    "exits": (dict(answers={"rnn_forward": "raise SystemExit"}), "could not be used: SystemExit"),
}


@pytest.mark.parametrize("what", BAD)
def test_else_the_given_ones_are_used_and_it_is_said_why(earlier, capsys, what):
    made, why = BAD[what]
    assert given(earlier(**made), FORWARD) is FORWARD
    said = capsys.readouterr().out
    assert said.startswith("`rnn_forward`: the given ones, since ") and why in said


def test_without_the_notebook_or_with_one_that_is_none(tmp_path, capsys):
    assert given(tmp_path, FORWARD) is FORWARD
    assert "since ch01_rnn.ipynb is not beside this notebook" in capsys.readouterr().out
    (tmp_path / "ch01_rnn.ipynb").write_text("{")
    assert given(tmp_path, FORWARD) is FORWARD
    assert "ch01_rnn.ipynb could not be used: ValueError: the file is not a readable" in capsys.readouterr().out


def test_outside_a_notebook_the_given_ones_stay(earlier, capsys):
    earlier()
    assert bring(FORWARD, BACK) == (FORWARD, BACK)
    assert capsys.readouterr().out == ""


def test_a_right_answer_is_told_what_to_notice(monkeypatch):
    class Noticed:
        def notice(self, exercise):
            return f'See "One step", equation rnn-step, after {exercise}.'

    shown = []
    monkeypatch.setattr(student, "assignment", lambda name: Noticed())
    check("rnn_step", solution_functions("rnn_step")["rnn_step"], show=shown.append)
    assert shown == ["rnn_step: right, in all 13 cases.", "See equation (1.1) in “One step”, after rnn_step."]
