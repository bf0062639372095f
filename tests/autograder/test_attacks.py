"""Every submission of the sample class, handed in as a notebook, through sandbox and judge: it gets what it earned."""

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from autograder.judge import grade_notebook
from autograder.quality.sample_submission import earns, submission_notebook
from autograder.sandbox import MIB, Limits
from autograder.sandbox.bubblewrap import available

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "autograder" / "samples").glob("*.py"))
LIMITS = Limits(start=600, cell=6, call=3, test=20, total=60, resident=700 * MIB)
PATIENT = Limits(start=600, cell=300, call=300, test=600, total=3000, resident=700 * MIB)
"""For what earns something: it is to pass however busy the machine is. What earns nothing may be cut short."""

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")]


def marked(cell, id, **more):
    mark = {"schema_version": 3, "grade_id": id, "grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = mark | more
    cell["id"] = id
    return cell


def source_notebook():
    """Return an assignment of one exercise, as an instructor's notebook."""
    return v4.new_notebook(
        cells=[
            marked(v4.new_code_cell("import numpy as np\n\nfrom autograder import check"), "imports", locked=True),
            marked(
                v4.new_code_cell("def rnn_step(x, h, V, W, b):\n    raise NotImplementedError"),
                "rnn_step",
                solution=True,
            ),
            marked(
                v4.new_code_cell('check("rnn_step", rnn_step)'), "rnn_step-check", grade=True, locked=True, points=2
            ),
        ]
    )


def grade(text, **more):
    notebook = submission_notebook(text, source_notebook())
    return grade_notebook(nbformat.writes(notebook).encode(), source_notebook(), 1234, more.pop("limits", LIMITS))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_submission_gets_what_it_earned(path):
    text = path.read_text()
    graded = grade(text, limits=LIMITS if earns(text) == "0" else PATIENT)
    assert len(graded.verdicts) == 1
    verdict = graded.verdicts[0]
    assert verdict.of == 2
    assert graded.score == (2 if earns(text) == "all" else float(earns(text))), verdict.message
    assert verdict.message
    if path.stem == "hostile_network":
        shown = str([cell.outputs for cell in graded.notebook.cells])
        assert "no network" in shown
        assert "CONNECTED" not in shown
    if path.stem == "hostile_markup":
        assert "text/html" not in str(graded.notebook) and "\x1b" not in verdict.message


def test_a_function_that_kills_its_kernel_costs_its_own_exercise_only():
    source = source_notebook()
    source.cells += [
        marked(v4.new_code_cell("def rnn_step(x, h, V, W, b):\n    raise NotImplementedError"), "again", solution=True),
        marked(v4.new_code_cell('check("rnn_step", rnn_step)'), "again-check", grade=True, locked=True, points=2),
    ]
    work = copy.deepcopy(source)
    work.cells[1].source = "def rnn_step(x, h, V, W, b):\n    import os\n    os._exit(1)"
    work.cells[3].source = "def rnn_step(x, h, V, W, b):\n    return np.tanh(x @ V.T + h @ W.T + b), None"
    graded = grade_notebook(nbformat.writes(work).encode(), source, 1234, PATIENT)
    assert [verdict.score for verdict in graded.verdicts] == [0, 2]
    assert graded.error and "died" in graded.error and "died" in graded.verdicts[0].message
