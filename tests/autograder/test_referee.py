"""Whatever an answer does to the judge's own code costs its own exercise: the next one, and the next notebook, are
graded as ever.
"""

import os
import signal
import time

import nbformat
import numpy as np
import psutil
import pytest
from nbformat import v4

from autograder.checks import Verdict
from autograder.checks.calls import call
from autograder.checks.verdict import FailedCase
from autograder.judge import grade_notebook, referee
from autograder.judge.grading import RAW
from autograder.sandbox import MIB, Limits
from autograder.sandbox.bubblewrap import available
from tests.autograder.small_notebook import notebook

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")]
LIMITS = Limits(cell=6, call=5, test=30, total=120, judge=1, judge_memory=256 * MIB)


def grade(work, **more):
    return grade_notebook(nbformat.writes(work).encode(), work, 7, LIMITS, **more)


def spin(value):
    while value is not None:
        pass


JUDGES = {
    "loops": spin,
    "iterates": lambda value: [None for _ in np.empty((1 << 39, 0))],
    "broadcasts": lambda value: np.zeros((1 << 20, 1)) + np.zeros((1, 1 << 20)),
    "is killed": lambda value: os.kill(os.getpid(), signal.SIGKILL),
    "exits": lambda value: os._exit(3),
}


def stub(exercise, functions, seed):
    """Check an answer by code that does to itself what the answer says."""
    value = call(functions[0], (1,)).value
    JUDGES.get(value, lambda value: None)(value)
    right = float(value == "right")
    return Verdict(exercise, right, share=right, seen=str(value), case=FailedCase(1, "stub"), cases=1)


ANSWER = "def {}(x):\n    return {!r}"


@pytest.mark.parametrize("what", JUDGES)
def test_an_answer_that_cannot_be_judged_costs_its_own_exercise(what):
    graded = grade(
        notebook(
            **{
                name: ANSWER.format(name, value)
                for name, value in (("one", "right"), ("two", what), ("three", "right"))
            }
        ),
        run=stub,
    )
    assert [verdict.score for verdict in graded.verdicts] == [1, 0, 1]
    assert [verdict.reason for verdict in graded.verdicts] == [None, "judge", None]
    assert "The answer could not be judged: comparing it" in graded.verdicts[1].message
    nbformat.validate(graded.notebook)
    again = grade(notebook(one=ANSWER.format("one", "right")), run=stub)
    assert (again.score, again.error) == (1, None)


def test_the_conversation_goes_on_where_the_referee_left_it():
    """Cells run by this process and tests run by the other talk to one kernel, in turns."""
    work = notebook(one="def one(x):\n    print('x' * 1000)\n    return 'right'", two="def two(x):\n    return 'right'")
    work.cells.insert(3, v4.new_code_cell("print('between')"))
    graded = grade(work, run=stub)
    assert graded.score == 2 and graded.error is None
    assert "between" in str(graded.notebook.cells[3].metadata[RAW])
    died = grade(notebook(one="def one(x):\n    import os; os._exit(1)", two=ANSWER.format("two", "right")), run=stub)
    assert [verdict.reason for verdict in died.verdicts] == ["dead", None]


def test_a_referee_that_was_lost_between_two_notebooks_is_nobodys_fault():
    work = notebook(one=ANSWER.format("one", "right"))
    assert grade(work, run=stub).score == 1
    (child,) = [each for each in psutil.Process().children() if each.pid == referee.pid()]
    child.kill()
    while child.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert grade(work, run=stub).score == 1


BEAM = {
    "a string of 100 000 symbols": "[(list(range(4)) * 25_000, 0.0)] * k",
    "more strings than fit anywhere": "np.empty((2**39, 0))",
    "a column where a row belongs": "[(np.zeros((2_000_000, 1), int), 0.0)] * k",
}


@pytest.mark.parametrize("what", BEAM)
def test_a_beam_without_end_costs_its_own_points(what):
    source = notebook(
        beam=f"def beam(step, h, bos, eos, k, alpha, max_len):\n    return {BEAM[what]}",
        masked_mean="def masked_mean(hs, lengths):\n"
        "    return np.stack([hs[:n, b].mean(axis=0) for b, n in enumerate(lengths)])",
    )
    graded = grade(source)
    assert [verdict.score for verdict in graded.verdicts] == [0, 1], [verdict.message for verdict in graded.verdicts]
    assert graded.verdicts[0].message
