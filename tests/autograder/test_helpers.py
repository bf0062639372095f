"""An exercise that trains is judged with the course's own helpers, whatever stands under their names."""

import nbformat
import pytest

from autograder import build
from autograder.checks.solutions import SOLUTIONS, solution_functions
from autograder.judge import grade_notebook
from autograder.judge.helpers import with_own_helpers
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available

PATIENT = Limits(start=600, cell=300, call=300, test=600, total=3000)
WRONG = "def lm_logits(ids, P):\n    return np.zeros((*ids.shape, 2))"


def grade(**answers):
    """Grade the assignment's last two exercises, solved but for these answers; score by exercise."""
    source = build.source_notebook(SOLUTIONS / "ch07_language.py")
    names = {"lm_logits", "train_lm"}
    own = names | {f"{name}-check" for name in names}
    graded = lambda cell: cell.metadata.nbgrader.grade or cell.metadata.nbgrader.solution  # noqa: E731
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


@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_what_a_helper_of_the_course_cannot_use_is_told_without_a_line_of_the_course():
    verdicts = grade(train_lm="def train_lm(ids, cfg, rng):\n    return {'table': np.ones(3)}")
    assert [verdict.share for verdict in verdicts.values()] == [1, 0]
    seen = "what train_lm returned could not be taken apart: the course's own lm_logits cannot use it"
    assert seen in verdicts["train_lm"].message and "solutions" not in str(verdicts["train_lm"])


def test_a_backward_pass_reads_the_cache_of_the_students_own_forward_pass():
    for exercise in ("rnn_step_backward", "influence_sum", "no such exercise"):
        functions = (len, abs)
        assert with_own_helpers(exercise, functions) == functions
    functions = tuple(solution_functions("train_lm").values())
    given = with_own_helpers("train_lm", (len, len, len, abs))
    assert given[-1] is abs and [each.name for each in given[:-1]] == ["gru_logits", "gru_gradients", "lm_logits"]
    assert [each.function for each in given[:-1]] == list(functions[:-1])
