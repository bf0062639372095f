"""An exercise that trains is judged with the course's own helpers, whatever stands under their names."""

import nbformat
import numpy as np
import pytest

from autograder import build
from autograder.checks.solutions import SOLUTIONS, solution_functions
from autograder.checks.words import raised
from autograder.judge import grade_notebook
from autograder.judge.remote import with_own_helpers
from autograder.judge.told import Submission
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available

PATIENT = Limits(start=600, cell=300, call=300, test=600, total=3000)
WRONG = "def lm_logits(ids, P):\n    return np.zeros((*ids.shape, 2))"


def grade(**answers):
    """Grade the assignment's last two exercises, solved but for these answers; score by exercise."""
    source = build.source_notebook(SOLUTIONS / "ch07_language.py")
    names = {"lm_logits", "train_lm"}
    own = names | {f"{name}-check" for name in names}
    mark = lambda cell: cell.metadata.get("nbgrader", {})  # noqa: E731
    graded = lambda cell: mark(cell).get("grade") or mark(cell).get("solution")  # noqa: E731
    source.cells = [c for c in source.cells if c.cell_type == "code" and (c.id in own or not graded(c))]
    data = nbformat.reads(nbformat.writes(source), as_version=4)
    for cell in data.cells:
        cell.source = answers.get(cell.id, cell.source)
    return {v.exercise: v for v in grade_notebook(nbformat.writes(data).encode(), source, 5, PATIENT).verdicts}


@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_a_helper_that_is_wrong_or_mended_later_costs_its_own_check_alone():
    verdicts = grade(lm_logits=WRONG)
    assert [verdict.share for verdict in verdicts.values()] == [0, 1]


def test_what_a_helper_of_the_course_cannot_use_is_told_without_a_line_of_the_course():
    lm_logits = with_own_helpers("train_lm", (len, len, len, abs))[2]
    error = lm_logits.call_remote((np.zeros((3, 2), int), {"table": np.ones(3)})).error
    told = "what train_lm returned could not be taken apart: the course's own lm_logits cannot use it"
    submission = Submission()
    submission.add("def lm_logits(ids, P): pass")
    assert error and raised(submission.raised(error)) == told and (error.line, error.source) == (0, "")


def test_a_backward_pass_reads_the_cache_of_the_students_own_forward_pass():
    for exercise in ("rnn_step_backward", "influence_sum", "no such exercise"):
        functions = (len, abs)
        assert with_own_helpers(exercise, functions) == functions
    functions = tuple(solution_functions("train_lm").values())
    given = with_own_helpers("train_lm", (len, len, len, abs))
    assert given[-1] is abs and [each.name for each in given[:-1]] == ["gru_logits", "gru_gradients", "lm_logits"]
    assert [each.function for each in given[:-1]] == list(functions[:-1])
