"""Every submission of the sample class, handed in as a notebook, through sandbox and judge: it gets what it earned."""

import copy
from pathlib import Path

import nbformat
import pytest

from autograder import build
from autograder.checks.solutions import SOLUTIONS
from autograder.judge import grade_notebook
from autograder.quality.sample_submission import assignment_of, earned, earns, parse_submission, submission_notebook
from autograder.sandbox import MIB, Limits
from autograder.sandbox.bubblewrap import available

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "autograder" / "samples").glob("*.py"))
LIMITS = Limits(start=600, cell=6, call=3, test=20, total=60, resident=700 * MIB)
PATIENT = Limits(start=600, cell=300, call=300, test=600, total=3000, resident=700 * MIB)
"""For what earns something: it is to pass however busy the machine is. What earns nothing may be cut short."""

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")]


def source_notebook(text):
    """Return the part of the instructor's notebook that a submission answers: what is given, its exercises, checks."""
    whole = build.source_notebook(SOLUTIONS / f"{assignment_of(text)}.py")
    names = {cell.name for cell in parse_submission(text) if cell.kind == "exercise"}
    own = names | {f"{name}-check" for name in names}
    mark = lambda cell: cell.metadata.get("nbgrader", {})  # noqa: E731
    graded = lambda cell: mark(cell).get("grade") or mark(cell).get("solution")  # noqa: E731
    whole.cells = [c for c in whole.cells if c.cell_type == "code" and (c.id in own or not graded(c))]
    return whole


def points_of(source):
    return {c.id.removesuffix("-check"): c.metadata.get("nbgrader", {}).get("points") for c in source.cells}


def grade(text, limits):
    source = source_notebook(text)
    data = nbformat.writes(submission_notebook(text, build.release_notebook(source))).encode()
    return grade_notebook(data, source, 1234, limits.of(source))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_submission_gets_what_it_earned(path):
    text = path.read_text()
    points, graded = points_of(source_notebook(text)), grade(text, LIMITS if earns(text) == "0" else PATIENT)
    assert graded.verdicts and all(verdict.of == points[verdict.exercise] for verdict in graded.verdicts)
    told = [verdict.message for verdict in graded.verdicts]
    assert graded.score == earned(text, points), told
    assert all(told)
    if path.stem == "hostile_network":
        shown = str([cell.outputs for cell in graded.notebook.cells])
        assert "no network" in shown
    assert "CONNECTED" not in str([cell.outputs for cell in graded.notebook.cells])
    if path.stem == "hostile_markup":
        assert "text/html" not in str(graded.notebook) and "\x1b" not in told[0]


def test_a_function_that_kills_its_kernel_costs_its_own_exercise_only():
    source = source_notebook('"""Two answers."""\n\n# %% exercise="rnn_step"\npass')
    source.cells = [cell for cell in source.cells if cell.id in ("given-imports", "rnn_step", "rnn_step-check")]
    for cell in copy.deepcopy(source.cells[-2:]):
        cell.id = cell.metadata.nbgrader.grade_id = cell.id.replace("rnn_step", "again")
        source.cells.append(cell)
    work = copy.deepcopy(source)
    work.cells[-4].source = "def rnn_step(x, h, V, W, b):\n    import os\n    os._exit(1)"
    work.cells[-2].source = "def rnn_step(x, h, V, W, b):\n    return np.tanh(x @ V.T + h @ W.T + b), None"
    graded = grade_notebook(nbformat.writes(work).encode(), source, 1234, PATIENT)
    assert [verdict.share for verdict in graded.verdicts] == [0, 1]
    assert graded.error and "died" in graded.error and "died" in graded.verdicts[0].message
